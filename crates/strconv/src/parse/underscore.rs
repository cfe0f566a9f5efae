//! Where a number may hold underscores.

#[derive(PartialEq)]
enum Last {
    Start,
    Digit,
    Underscore,
    Other,
}

/// Whether each underscore of a number stands between two digits or between a base prefix and a
/// digit, as the Go specification asks of literals. Everything else about the number's spelling is
/// checked elsewhere.
pub(super) fn are_well_placed(number: &[u8]) -> bool {
    let unsigned = match number {
        [b'+' | b'-', rest @ ..] => rest,
        _ => number,
    };
    let (digits, hex, mut last) = match unsigned {
        [b'0', b'x' | b'X', rest @ ..] => (rest, true, Last::Digit),
        [b'0', b'b' | b'B' | b'o' | b'O', rest @ ..] => (rest, false, Last::Digit),
        _ => (unsigned, false, Last::Start),
    };
    for byte in digits {
        last = match byte {
            b'0'..=b'9' => Last::Digit,
            b'a'..=b'f' | b'A'..=b'F' if hex => Last::Digit,
            b'_' if last == Last::Digit => Last::Underscore,
            b'_' => return false,
            _ if last == Last::Underscore => return false,
            _ => Last::Other,
        };
    }
    last != Last::Underscore
}

#[cfg(test)]
mod tests {
    use super::are_well_placed;

    #[test]
    fn underscores_stand_between_digits() {
        for good in ["1_000", "0x_f", "-1_2.5_0e1_0", "0b_1", "0_7", ""] {
            assert!(are_well_placed(good.as_bytes()), "{good}");
        }
        for bad in ["_1", "1_", "1__0", "1_.5", "1._5", "1e_5", "0x1_p2", "-_1", "_"] {
            assert!(!are_well_placed(bad.as_bytes()), "{bad}");
        }
    }
}
