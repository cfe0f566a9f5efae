//! Parts of strings: trimming, searching, replacing, cutting and repeating.

use memchr::memmem;

use super::quoting::trim_space;
use super::runes;
use crate::{Call, Failure, Function, Outcome, Param, Text};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("trim", &[Param::String], trim),
    Function::new("trimAll", &[Param::String, Param::String], trim_all),
    Function::new("trimall", &[Param::String, Param::String], trim_all),
    Function::new("trimPrefix", &[Param::String, Param::String], trim_prefix),
    Function::new("trimSuffix", &[Param::String, Param::String], trim_suffix),
    Function::new("contains", &[Param::String, Param::String], contains),
    Function::new("hasPrefix", &[Param::String, Param::String], has_prefix),
    Function::new("hasSuffix", &[Param::String, Param::String], has_suffix),
    Function::new("replace", &[Param::String, Param::String, Param::String], replace),
    Function::new("repeat", &[Param::Int, Param::String], repeat),
    Function::new("substr", &[Param::Int, Param::Int, Param::String], substr),
    Function::new("trunc", &[Param::Int, Param::String], trunc),
    Function::new("nospace", &[Param::String], nospace),
    Function::new("plural", &[Param::String, Param::String, Param::Int], plural),
    Function::new("hello", &[], hello),
];

/// A part of the argument at `index` as a string: the argument itself when it is all of it.
fn part(call: &mut Call<'_>, index: usize, cut: impl FnOnce(&Text) -> &[u8]) -> Outcome {
    let text = call.text(index);
    let kept = cut(text);
    if kept.len() == text.len() {
        return Ok(call.take(index));
    }
    Ok(Text::from(kept).into())
}

fn hello(_: &mut Call<'_>) -> Outcome {
    Ok("Hello!".into())
}

fn trim(call: &mut Call<'_>) -> Outcome {
    part(call, 0, |text| trim_space(text.as_bytes()))
}

fn trim_all(call: &mut Call<'_>) -> Outcome {
    let cut: Vec<char> = runes::all(call.text(0).as_bytes()).map(|(c, _)| c).collect();
    part(call, 1, |text| {
        let mut bytes = text.as_bytes();
        while let Some((c, size)) = runes::first(bytes)
            && cut.contains(&c)
        {
            bytes = bytes.get(size..).unwrap_or_default();
        }
        while let Some((c, size)) = runes::last(bytes)
            && cut.contains(&c)
        {
            bytes = bytes.get(..bytes.len() - size).unwrap_or_default();
        }
        bytes
    })
}

fn trim_prefix(call: &mut Call<'_>) -> Outcome {
    let affix = call.text(0).clone();
    part(call, 1, |text| text.as_bytes().strip_prefix(affix.as_bytes()).unwrap_or(text.as_bytes()))
}

fn trim_suffix(call: &mut Call<'_>) -> Outcome {
    let affix = call.text(0).clone();
    part(call, 1, |text| text.as_bytes().strip_suffix(affix.as_bytes()).unwrap_or(text.as_bytes()))
}

fn contains(call: &mut Call<'_>) -> Outcome {
    Ok(memmem::find(call.text(1).as_bytes(), call.text(0).as_bytes()).is_some().into())
}

fn has_prefix(call: &mut Call<'_>) -> Outcome {
    Ok(call.text(1).as_bytes().starts_with(call.text(0).as_bytes()).into())
}

fn has_suffix(call: &mut Call<'_>) -> Outcome {
    Ok(call.text(1).as_bytes().ends_with(call.text(0).as_bytes()).into())
}

fn replace(call: &mut Call<'_>) -> Outcome {
    let (old, new, source) = (call.text(0).clone(), call.text(1).clone(), call.text(2).clone());
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let bytes = source.as_bytes();
    if old == new {
        return Ok(source.into());
    }
    if old.is_empty() {
        // Before every character and at the end.
        let times = runes::all(bytes).count() + 1;
        let size = new.len().saturating_mul(times).saturating_add(bytes.len());
        call.charge(size)?;
        let mut out = Vec::with_capacity(size);
        for (_, one) in runes::all(bytes) {
            out.extend_from_slice(new);
            out.extend_from_slice(one);
        }
        out.extend_from_slice(new);
        return Ok(out.into());
    }
    let finder = memmem::Finder::new(old);
    let times = finder.find_iter(bytes).count();
    if times == 0 {
        return Ok(source.into());
    }
    let size = (bytes.len() - old.len() * times).saturating_add(new.len().saturating_mul(times));
    call.charge(size)?;
    let mut out = Vec::with_capacity(size);
    let mut done = 0;
    for at in finder.find_iter(bytes) {
        out.extend_from_slice(bytes.get(done..at).unwrap_or_default());
        out.extend_from_slice(new);
        done = at + old.len();
    }
    out.extend_from_slice(bytes.get(done..).unwrap_or_default());
    Ok(out.into())
}

/// `text` repeated, as `strings.Repeat` does it.
pub(crate) fn repeated(call: &mut Call<'_>, text: &[u8], count: i64) -> Result<Vec<u8>, Failure> {
    let Ok(times) = usize::try_from(count) else {
        return Err(Failure::new("strings: negative Repeat count"));
    };
    let Some(size) = text.len().checked_mul(times).filter(|size| i64::try_from(*size).is_ok())
    else {
        return Err(Failure::new("strings: Repeat output length overflow"));
    };
    call.charge(size)?;
    Ok(text.repeat(times))
}

fn repeat(call: &mut Call<'_>) -> Outcome {
    let text = call.text(1).clone();
    let count = call.int(0);
    Ok(repeated(call, text.as_bytes(), count)?.into())
}

fn substr(call: &mut Call<'_>) -> Outcome {
    let (start, end) = (call.int(0), call.int(1));
    let size = call.text(2).len() as i64;
    let bounds =
        |text: String| Failure::new(format!("runtime error: slice bounds out of range {text}"));
    let (from, to) = if start < 0 {
        match end {
            ..0 => return Err(bounds(format!("[:{end}]"))),
            _ if end > size => return Err(bounds(format!("[:{end}] with length {size}"))),
            _ => (0, end),
        }
    } else if end < 0 || end > size {
        (start, size)
    } else {
        (start, end)
    };
    if from > to {
        return Err(bounds(format!("[{from}:{to}]")));
    }
    part(call, 2, |text| text.as_bytes().get(from as usize..to as usize).unwrap_or_default())
}

fn trunc(call: &mut Call<'_>) -> Outcome {
    let count = call.int(0);
    part(call, 1, |text| {
        let bytes = text.as_bytes();
        let size = bytes.len() as i64;
        if count < 0 && size + count > 0 {
            bytes.get((size + count) as usize..).unwrap_or_default()
        } else if count >= 0 && size > count {
            bytes.get(..count as usize).unwrap_or_default()
        } else {
            bytes
        }
    })
}

fn nospace(call: &mut Call<'_>) -> Outcome {
    let text = call.text(0);
    // It looks at bytes as if each were a character, in Latin-1.
    let kept =
        || text.as_bytes().iter().map(|byte| char::from(*byte)).filter(|c| !c.is_whitespace());
    if kept().count() == text.len() {
        return Ok(call.take(0));
    }
    Ok(kept().collect::<String>().into())
}

fn plural(call: &mut Call<'_>) -> Outcome {
    let index = if call.int(2) == 1 { 0 } else { 1 };
    Ok(call.take(index))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, fails, text};
    use crate::Value;

    #[test]
    fn cuts_bytes() {
        let cut = call("trunc", &[Value::int(2), "héllo".into()]).unwrap();
        assert_eq!(cut.as_text().unwrap().as_bytes(), b"h\xc3");
        assert_eq!(text("trunc", &[Value::int(-3), "hello".into()]), "llo");
        assert_eq!(text("trunc", &[Value::int(i64::MIN), "hello".into()]), "hello");
        assert_eq!(text("substr", &[Value::int(-5), Value::int(2), "hello".into()]), "he");
        assert_eq!(text("substr", &[Value::int(1), Value::int(-1), "hello".into()]), "ello");
        let cases = [
            (3, 100, "ab", "[3:2]"),
            (3, 1, "abcde", "[3:1]"),
            (-1, 10, "abcde", "[:10] with length 5"),
            (-1, -1, "abcde", "[:-1]"),
        ];
        for (start, end, of, range) in cases {
            assert_eq!(
                fails("substr", &[Value::int(start), Value::int(end), of.into()]),
                format!("runtime error: slice bounds out of range {range}"),
            );
        }
    }

    #[test]
    fn replaces() {
        assert_eq!(text("replace", &["".into(), "-".into(), "aé".into()]), "-a-é-");
        assert_eq!(text("replace", &["a".into(), "".into(), "banana".into()]), "bnn");
        assert_eq!(text("replace", &["x".into(), "y".into(), "banana".into()]), "banana");
        assert_eq!(text("replace", &["an".into(), "AN".into(), "banana".into()]), "bANANa");
    }

    #[test]
    fn trims_characters() {
        assert_eq!(text("trim", &["\u{a0} x\u{2003}\n".into()]), "x");
        assert_eq!(text("trimAll", &["é-".into(), "-é-x-é".into()]), "x");
        assert_eq!(text("trimPrefix", &["a".into(), "aab".into()]), "ab");
        assert_eq!(text("trimSuffix", &["".into(), "aab".into()]), "aab");
    }

    #[test]
    fn large_repeats_fail() {
        assert_eq!(
            fails("repeat", &[Value::int(-1), "x".into()]),
            "strings: negative Repeat count"
        );
        assert_eq!(
            fails("repeat", &[Value::int(9_000_000_000_000_000_000), "xxx".into()]),
            "strings: Repeat output length overflow",
        );
        let failure = call("repeat", &[Value::int(1_000_000_000_000), "x".into()]).err();
        assert!(failure.is_some_and(|failure| failure.is_limit()));
    }

    #[test]
    fn nospace_reads_latin_1() {
        assert_eq!(text("nospace", &["a b\tc".into()]), "abc");
        assert_eq!(text("nospace", &["é".into()]), "é");
        assert_eq!(text("nospace", &["é b".into()]), "Ã©b");
    }
}
