//! `//go:build` expressions: words, `!`, `&&`, `||` and parentheses.

/// An expression, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expression {
    Tag(String),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

/// How deep parentheses may stand in one another.
const DEEPEST: usize = 64;

impl Expression {
    /// Reads an expression; `None` where it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text.split("//").next()?, depth: 0 };
        let expression = reader.any()?;
        reader.skip();
        reader.rest.is_empty().then_some(expression)
    }

    /// Whether it holds where these tags do.
    pub(crate) fn holds(&self, has: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Tag(tag) => has(tag),
            Self::Not(inner) => !inner.holds(has),
            Self::All(all) => all.iter().all(|one| one.holds(has)),
            Self::Any(any) => any.iter().any(|one| one.holds(has)),
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn takes(&mut self, word: &str) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn any(&mut self) -> Option<Expression> {
        let mut list = vec![self.all()?];
        while self.takes("||") {
            list.push(self.all()?);
        }
        Some(Expression::Any(list))
    }

    fn all(&mut self) -> Option<Expression> {
        let mut list = vec![self.one()?];
        while self.takes("&&") {
            list.push(self.one()?);
        }
        Some(Expression::All(list))
    }

    fn one(&mut self) -> Option<Expression> {
        self.depth += 1;
        let answer = (self.depth <= DEEPEST).then(|| self.inner())?;
        self.depth -= 1;
        answer
    }

    fn inner(&mut self) -> Option<Expression> {
        if self.takes("!") {
            return Some(Expression::Not(Box::new(self.one()?)));
        }
        if self.takes("(") {
            let inner = self.any()?;
            return self.takes(")").then_some(inner);
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let end = self.rest.find(|c: char| !is_word(c)).unwrap_or(self.rest.len());
        let (tag, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!tag.is_empty()).then(|| Expression::Tag(tag.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<bool>) {
        let answer = Expression::parse(text).map(|expression| expression.holds(&|tag| tag == "a" || tag == "b.1"));
        assert_eq!(answer, expect, "{text}");
    }

    #[test]
    fn operators_bind_as_in_go() {
        check("a", Some(true));
        check("!a || a && b.1", Some(true));
        check("!(a && !c)", Some(false));
        check("c || a // why", Some(true));
    }

    #[test]
    fn what_is_no_expression_is_told() {
        check("", None);
        check("a b", None);
        check("(a", None);
        check(&"(".repeat(100_000), None);
        check(&"!".repeat(100_000), None);
    }
}
