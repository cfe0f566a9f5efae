//! Reading numbers and booleans.

mod boolean;
mod error;
mod float;
mod integer;
mod underscore;

pub use boolean::{parse_bool, scan_bool};
pub use error::{Function, NumError, NumErrorKind};
pub use float::{parse_f32, parse_f64, scan_f32, scan_f64};
pub use integer::{atoi, parse_int, parse_uint, scan_int, scan_uint};
