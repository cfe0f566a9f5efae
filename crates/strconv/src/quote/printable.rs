//! Which characters can be shown.

use super::table::PRINTABLE_TURNS;

/// Whether Go's `strconv.IsPrint` shows the character: letters, marks, numbers, punctuation,
/// symbols and the ASCII space, by Unicode 15.0.
///
/// ```
/// use pintle_strconv::is_print;
///
/// assert!(is_print('é'));
/// assert!(!is_print('\u{a0}'));
/// assert!(!is_print('\u{200d}'));
/// ```
#[inline]
pub fn is_print(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{a0}' => false,
        _ => PRINTABLE_TURNS.partition_point(|turn| *turn <= u32::from(c)) % 2 == 1,
    }
}

/// Whether Go's `strconv.IsGraphic` shows the character: what [`is_print`] shows, and spaces.
///
/// ```
/// use pintle_strconv::is_graphic;
///
/// assert!(is_graphic('\u{a0}'));
/// assert!(!is_graphic('\u{200d}'));
/// ```
pub fn is_graphic(c: char) -> bool {
    // The space separators (Zs) of Unicode 15.0; the ASCII one is printable.
    match c {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' => true,
        '\u{202f}' | '\u{205f}' | '\u{3000}' => true,
        _ => is_print(c),
    }
}
