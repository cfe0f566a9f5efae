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
//!
//! | what | where |
//! |---|---|
//! | fetching | [`http`] |
//! | `index.yaml`: reading, versions, merging, writing | [`index`] |
//! | `repositories.yaml` | [`repositories`] |
//! | indexes that are kept | [`repository`] |
//! | charts that are kept, by digest | [`content`] |
//! | what stands for a chart, to its archive | [`mod@reference`] |
//! | charts in registries | [`oci`] |
//! | logins to registries | [`credentials`] |
//! | charts in git repositories | [`git`] |
//! | what a chart needs, fetched and locked | [`dependencies`] |
//! | charts found by words, here and on Artifact Hub | [`search`], [`hub`] |
//! | an archive unpacked | [`expand()`] |

#![forbid(unsafe_code)]

mod error;
mod expand;

pub mod content;
pub mod credentials;
pub mod dependencies;
pub mod file;
pub mod git;
pub mod http;
pub mod hub;
pub mod index;
pub mod oci;
pub mod reference;
pub mod repositories;
pub mod repository;
pub mod search;
pub mod url;

pub use error::Error;
pub use expand::expand;
