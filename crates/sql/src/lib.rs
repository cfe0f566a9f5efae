#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod address;
mod connect;
mod database;
mod failure;
mod files;
mod password;
mod records;
mod row;
mod schema;
mod settings;
mod stream;
mod tls;

pub use address::Address;
pub use records::Records;
pub use settings::AddressError;
