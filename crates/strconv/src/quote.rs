//! Quoted strings and characters.

mod escape;
mod printable;
mod table;
mod unquote;

pub use escape::{
    append_quote, append_quote_rune, append_quote_rune_to_ascii, append_quote_rune_to_graphic,
    append_quote_to_ascii, append_quote_to_graphic, can_backquote, quote, quote_rune,
    quote_rune_to_ascii, quote_rune_to_graphic, quote_to_ascii, quote_to_graphic,
};
pub use printable::{is_graphic, is_print};
pub use unquote::{QuoteSyntaxError, Unquoted, quoted_prefix, unquote, unquote_char};
