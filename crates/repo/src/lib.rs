//! Where charts come from: over HTTP, from Helm's repositories, from registries.
//!
//! This is the one crate, beside the one for clusters, that talks to the network. Nothing is
//! started before the first request: no thread, no runtime, no reading of certificates.
//!
//! ```no_run
//! use pintle_repo::http::{Client, Request};
//!
//! let client = Client::new("my-tool/1.0");
//! let response = client.get(&Request::new("https://example.com/values.yaml"))?;
//! println!("{} bytes", response.body.len());
//! # Ok::<(), pintle_repo::http::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod http;
