//! The text of Go's build info: tab-separated lines that name the main package, the modules and the settings.
//!
//! Lines that are not understood are skipped, as Go's own reader of a newer file must do. Source of the grammar: Go's
//! `runtime/debug`.

use crate::bytes::View;

use super::{GoInfo, GoModule};

/// What the text is framed by, so that it can be found in memory.
const START: [u8; 16] = 0x3077_af0c_9274_0802_41e1_c107_e6d6_18e6_u128.to_be_bytes();
const END: [u8; 16] = 0xf932_4331_8618_2072_0082_4210_4116_d8f2_u128.to_be_bytes();

/// How many modules and settings are kept.
const MOST_LINES: usize = 65_536;

/// The text between the frame's two ends of 16 bytes each.
pub(crate) fn unframe(framed: &[u8]) -> Option<&[u8]> {
    let end = framed.len().checked_sub(END.len())?;
    framed.get(START.len()..end).filter(|text| text.last() == Some(&b'\n'))
}

/// The framed text somewhere in `data`, at most `most` bytes long.
pub(crate) fn find(data: View<'_>, most: u64) -> Option<&[u8]> {
    let start = data.find(&START, 0, |_| true)? + START.len() as u64;
    let end = data.cut(0, start.saturating_add(most)).find(&END, start, |_| true)?;
    data.slice(start, end - start)
}

pub(crate) fn parse(text: &str) -> GoInfo {
    let mut info = GoInfo::default();
    let mut last = Last::Nothing;
    for line in text.lines().take(MOST_LINES) {
        let Some((word, rest)) = line.split_once('\t') else { continue };
        match word {
            "path" => info.path = Some(rest.to_owned()),
            "mod" => (info.main, last) = (Some(module(rest)), Last::Main),
            "dep" => {
                info.deps.push(module(rest));
                last = Last::Dep;
            }
            "=>" => replace(&mut info, last, module(rest)),
            "build" => info.settings.0.extend(setting(rest)),
            _ => {}
        }
    }
    info
}

/// Which module a `=>` line belongs to.
#[derive(Clone, Copy)]
enum Last {
    Nothing,
    Main,
    Dep,
}

fn replace(info: &mut GoInfo, last: Last, with: GoModule) {
    let module = match last {
        Last::Nothing => None,
        Last::Main => info.main.as_mut(),
        Last::Dep => info.deps.last_mut(),
    };
    if let Some(module) = module {
        module.replace = Some(Box::new(with));
    }
}

fn module(rest: &str) -> GoModule {
    let mut columns = rest.split('\t').map(str::to_owned);
    GoModule {
        path: columns.next().unwrap_or_default(),
        version: columns.next().unwrap_or_default(),
        sum: columns.next().filter(|sum| !sum.is_empty()),
        replace: None,
    }
}

fn setting(rest: &str) -> Option<(String, String)> {
    let (key, value) = if rest.starts_with(['"', '`']) {
        let (key, rest) = unquote_prefix(rest)?;
        (key, rest.strip_prefix('=')?)
    } else {
        let (key, value) = rest.split_once('=')?;
        (key.to_owned(), value)
    };
    let value =
        unquote_prefix(value).filter(|(_, rest)| rest.is_empty()).map_or_else(|| value.to_owned(), |pair| pair.0);
    Some((key, value))
}

/// A Go string literal at the beginning, and what follows it.
fn unquote_prefix(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        let (value, rest) = raw.split_once('`')?;
        return Some((value.to_owned(), rest));
    }
    let body = text.strip_prefix('"')?;
    let mut value = Vec::new();
    let mut rest = body;
    loop {
        let at = rest.find(['"', '\\'])?;
        value.extend_from_slice(&rest.as_bytes()[..at]);
        if rest[at..].starts_with('"') {
            return Some((String::from_utf8_lossy(&value).into_owned(), &rest[at + 1..]));
        }
        rest = unescape(&rest[at + 1..], &mut value)?;
    }
}

/// Appends the character that the escape at the beginning stands for (the backslash is gone) and returns the rest.
fn unescape<'a>(text: &'a str, value: &mut Vec<u8>) -> Option<&'a str> {
    let kind = text.chars().next()?;
    let rest = &text[kind.len_utf8()..];
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => {
            value.push(simple_escape(kind)?);
            return Some(rest);
        }
    };
    let number = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
    if kind == 'x' {
        value.push(number as u8);
    } else {
        value.extend_from_slice(char::from_u32(number)?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(&rest[digits..])
}

const fn simple_escape(kind: char) -> Option<u8> {
    Some(match kind {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        '"' => b'"',
        '\'' => b'\'',
        _ => return None,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const TEXT: &str = "path\texample.com/app/cmd\n\
        mod\texample.com/app\t(devel)\t\n\
        dep\tgolang.org/x/sys\tv0.1.0\th1:abc=\n\
        dep\tgolang.org/x/net\tv0.2.0\n\
        =>\t../net\t(devel)\t\n\
        build\t-compiler=gc\n\
        build\t-ldflags=\"-X main.a=\\\"b c\\\" \\u00e9\\x41\"\n\
        build\t`odd key`=1\n\
        build\tGOAMD64=v1\n\
        future\tline\n";

    #[test]
    fn every_line_finds_its_place() {
        let info = parse(TEXT);
        assert_eq!(info.path.as_deref(), Some("example.com/app/cmd"));
        assert_eq!(info.main.unwrap().version, "(devel)");
        assert_eq!(info.deps[0].sum.as_deref(), Some("h1:abc="));
        assert_eq!(info.deps[1].replace.as_ref().unwrap().path, "../net");
        let settings: Vec<_> = info.settings.iter().collect();
        assert_eq!(
            settings,
            [("-compiler", "gc"), ("-ldflags", "-X main.a=\"b c\" éA"), ("odd key", "1"), ("GOAMD64", "v1")]
        );
    }

    #[test]
    fn quotes_that_do_not_end_are_kept_as_they_are() {
        let info = parse("build\t-tags=\"a\nbuild\t\"b=c\n");
        assert_eq!(info.settings.iter().collect::<Vec<_>>(), [("-tags", "\"a")]);
    }

    #[test]
    fn the_frame_is_found_in_memory() {
        let mut data = vec![1; 9];
        data.extend(START);
        data.extend(b"path\tx\n");
        data.extend(END);
        assert_eq!(find(View::little(&data), 99), Some(&b"path\tx\n"[..]));
        assert_eq!(unframe(&data[9..]), Some(&b"path\tx\n"[..]));
        assert_eq!(find(View::little(&data[..data.len() - 1]), 99), None);
        assert_eq!(unframe(&data[9..20]), None);
    }
}
