#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod address;
mod apply;
mod build;
mod connection;
mod discovery;
mod error;
mod http;
mod kubernetes;
mod logs;
mod managed;
mod patch;
mod protobuf;
mod records;
mod status;
mod tables;
mod validate;
mod wait;

pub use connection::Connection;
pub use kubernetes::Kubernetes;
pub use records::Records;
