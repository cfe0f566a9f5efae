//! Helm charts: read, check and process them.
#![forbid(unsafe_code)]

mod bytes;
mod capabilities;
mod chart;
mod check;
mod create;
mod error;
mod file;
mod files;
mod glob;
mod ignore;
mod limits;
mod lint;
mod list;
mod load;
mod metadata;
mod notice;
mod path;
mod process;
mod render;
mod show;
mod values;

pub use bytes::Bytes;
pub use capabilities::{Capabilities, HelmVersion, KubeVersion, KubeVersionError};
pub use chart::{Chart, Crd};
pub use check::NotInstallable;
pub use create::{CreateError, Created, create, create_from};
pub use error::{ArchiveError, Error, TooLarge};
pub use file::File;
pub use files::Files;
pub use glob::{Glob, GlobError};
pub use ignore::{Ignore, IgnoreError, IgnoreErrorKind};
pub use limits::Limits;
pub use lint::{
    Failure, LintError, LintHost, LintOptions, LintRelease, LintReport, Message, Severity,
    Unloadable, lint, subchart_paths,
};
pub use list::{DependencyList, DependencyRow, DependencyStatus, list_dependencies};
pub use load::{Loader, load};
pub use metadata::{
    DecodeError, Dependency, Invalid, Lock, Maintainer, Metadata, read_lock, read_metadata,
    read_metadata_strict,
};
pub use notice::{Level, Notice};
pub use process::process;
pub use render::{ReleaseInfo, RenderErrors, RenderOptions, RenderedFile, Renderer, helm_message};
pub use show::{Show, show};
