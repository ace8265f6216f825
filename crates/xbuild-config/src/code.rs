//! The catalogue: every code that reading `xbuild.kdl` can raise, with its severity and a title.
//!
//! One code is one cause and one page of the book. Codes that need the expanded matrix are raised by `xbuild-plan` and stand
//! there.

use miette::Severity;

/// A code, as a page about it would be titled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeInfo {
    /// The code without its prefix: `quote-me` for `xbuild::quote-me`.
    pub slug: &'static str,
    /// Whether it fails a check.
    pub severity: Severity,
    /// What it means, in a few words.
    pub title: &'static str,
}

/// Every code that [`read`](crate::read) can raise: those of the KDL reader first, then those of the meaning.
pub fn catalogue() -> &'static [CodeInfo] {
    CATALOGUE
}

macro_rules! codes {
    (
        reading { $($reading_slug:literal $reading_title:literal;)+ }
        meaning { $($(#[$severity:ident])? $variant:ident $slug:literal $title:literal;)+ }
    ) => {
        /// A code of this crate's own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Code { $($variant,)+ }

        impl Code {
            pub(crate) const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)+ }
            }

            pub(crate) const fn severity(self) -> Severity {
                match self { $(Self::$variant => codes!(@severity $($severity)?),)+ }
            }
        }

        const CATALOGUE: &[CodeInfo] = &[
            $(CodeInfo { slug: $reading_slug, severity: Severity::Error, title: $reading_title },)+
            $(CodeInfo { slug: $slug, severity: codes!(@severity $($severity)?), title: $title },)+
        ];
    };
    (@severity) => { Severity::Error };
    (@severity warning) => { Severity::Warning };
    (@severity advice) => { Severity::Advice };
}

codes! {
    reading {
        "not-utf8" "the file is not UTF-8 text";
        "too-large" "the file is too large";
        "too-deep" "blocks are nested too deeply";
        "slashdash-too-deep" "commented-out blocks are nested too deeply";
        "comment-too-deep" "comments are nested too deeply";
        "unclosed-brace" "a block is never closed";
        "stray-brace" "a brace closes nothing";
        "unclosed-string" "a string is never closed";
        "unclosed-comment" "a comment is never closed";
        "glued-string" "a string touches the text beside it";
        "parse-timeout" "reading the file takes too long";
        "quote-me" "a text needs quotes";
        "keyword" "a keyword lacks its `#`";
        "equals" "a setting is written with `=` or `:`";
        "no-arrays" "values stand in brackets";
        "hash-comment" "a comment starts with `#`";
        "syntax" "the text is not KDL";
        "single-quotes" "single quotes do not quote";
        "comma" "values are separated by commas";
        "type-annotation" "a value has a type annotation";
    }
    meaning {
        UnknownNode "unknown-node" "a word that the language does not have";
        UnknownProperty "unknown-property" "a property that its node does not have";
        UnexpectedArgument "unexpected-argument" "a value where none belongs";
        UnexpectedBlock "unexpected-block" "a block where none belongs";
        Misplaced "misplaced" "a known word in the wrong place";
        MissingName "missing-name" "a declaration without a name";
        BadName "bad-name" "a name with characters that names cannot have";
        NumberForString "number-for-string" "a number where a string belongs";
        WrongType "wrong-type" "a value of the wrong kind";
        WantBool "want-bool" "a value that must be `#true` or `#false`";
        OneValue "one-value" "a setting takes exactly one value";
        EmptyList "empty-list" "a list without values";
        AppendScalar "append-scalar" "`+` before something that is not a list";
        Format "format" "a format that this xbuild does not read";
        EnvArg "env-arg" "a variable that is not written `NAME=\"value\"`";
        ConditionArg "condition-arg" "a condition that is not written `name=value`";
        CommandBlock "command-block" "`command` has a block";
        DuplicateProperty "duplicate-property" "a property is set twice";
        DuplicateSetting "duplicate-setting" "a setting is set twice in one place";
        DuplicateEnv "duplicate-env" "a variable is set twice in one place";
        DuplicateProfile "duplicate-profile" "two profiles have one name";
        DuplicateTarget "duplicate-target" "two targets have one name";
        DuplicateToolchain "duplicate-toolchain" "two toolchains have one name";
        DuplicateAxis "duplicate-axis" "two axes have one name";
        DuplicateBlock "duplicate-block" "a block stands twice in one place";
        DuplicateValue "duplicate-value" "a list names something twice";
        UnknownPlatform "unknown-platform" "a platform that is not in the table";
        UnknownVariant "unknown-variant" "a variant that the architecture does not have";
        UnknownProfile "unknown-profile" "a profile that is not declared";
        UnknownAxis "unknown-axis" "an axis that is not declared";
        UnknownValue "unknown-value" "a value that its dimension does not have";
        UnknownCondition "unknown-condition" "something that a condition cannot ask";
        UnknownTarget "unknown-target" "a target that is not declared";
        UnknownToolchain "unknown-toolchain" "a toolchain that is not declared";
        UnknownTool "unknown-tool" "a program that no toolchain declares";
        UnknownPlaceholder "unknown-placeholder" "a placeholder that means nothing here";
        ReservedAxis "reserved-axis" "an axis with a name that means something else";
        ArchiveFormat "archive-format" "an archive format that xbuild does not write";
        NoPlatform "no-platform" "a profile without platforms";
        AxisValues "axis-values" "an axis with fewer than two values";
        IncludePartial "include-partial" "an `include` that does not name one whole cell";
        EmptyWhen "empty-when" "a `when` that sets nothing";
        NestedWhen "nested-when" "a `when` inside a `when`";
        #[warning] UnusedAxis "unused-axis" "an axis that no target has";
        #[warning] UnusedToolchain "unused-toolchain" "a toolchain that nothing uses";
        #[warning] NoTargets "no-targets" "a file without targets";
        NoarchBuilder "noarch-builder" "`noarch` with a builder other than `command`";
        NoBuilder "no-builder" "a target without a builder";
        TwoBuilders "two-builders" "a target with two builders";
        BuilderNeedsArg "builder-needs-arg" "a builder that does not say what it builds";
        BuilderArg "builder-arg" "a builder block that says what it builds";
        OtherBuilder "other-builder" "settings for a builder that the target does not have";
        DerivedEnv "derived-env" "a variable that xbuild sets itself";
        DepCycle "dep-cycle" "targets that need one another";
        NoarchDep "noarch-dep" "a `noarch` target that needs one with cells";
        UnsupportedPair "unsupported-pair" "an operating system and an architecture that do not go together";
        InexactVersion "inexact-version" "a version that is not exact";
        ToolchainKind "toolchain-kind" "a toolchain whose kind is not known";
        CommandUndeclared "command-undeclared" "a command without inputs or outputs";
        PathEscapes "path-escapes" "a path that leaves the project";
        ImageUnpinned "image-unpinned" "a base image that is not pinned by its digest";
        NetworkReason "network-reason" "network access without a reason";
        #[advice] TooMany "too-many" "more problems than are shown";
    }
}
