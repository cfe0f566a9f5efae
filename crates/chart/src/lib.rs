//! Helm charts: read, check and process them.
#![forbid(unsafe_code)]

mod bytes;
mod capabilities;
mod chart;
mod file;
mod ignore;
mod metadata;
mod notice;
mod path;
mod process;

pub use bytes::Bytes;
pub use capabilities::{Capabilities, HelmVersion, KubeVersion, KubeVersionError};
pub use chart::{Chart, Crd};
pub use file::File;
pub use ignore::{Ignore, IgnoreError, IgnoreErrorKind};
pub use metadata::{Dependency, Invalid, Lock, Maintainer, Metadata};
pub use notice::{Level, Notice};
pub use process::process;
