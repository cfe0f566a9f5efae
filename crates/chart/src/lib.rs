//! Helm charts: read, checked, processed, linted and made.
//!
//! A chart is read from a directory, an archive or a stream, with the limits that untrusted input
//! needs; its dependencies are processed with the user's values; then it is ready to be rendered.
//! The rules are those of Helm 4.3.1.
//!
//! ```
//! use pintle_chart::{KubeVersion, create, load, process};
//! use pintle_yaml::Value;
//!
//! let directory = tempfile::tempdir()?;
//! let created = create("web", directory.path())?;
//!
//! let mut chart = load(&created.path)?;
//! chart.check_type()?;
//! chart.check_dependencies()?;
//! chart.check_kube_version(&KubeVersion::parse("1.33")?)?;
//! process(&mut chart, &Value::empty_map())?;
//!
//! assert_eq!(chart.metadata.app_version, "1.16.0");
//! assert_eq!(chart.values.get("replicaCount"), Some(&Value::from(1.0)));
//! assert_eq!(chart.templates.len(), 9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is where
//!
//! | what | where |
//! |---|---|
//! | a chart and its files | [`Chart`], [`File`], [`Bytes`], [`Metadata`], [`Lock`] |
//! | reading one | [`load`], [`Loader`], [`Limits`], [`Ignore`] |
//! | conditions, tags, aliases, `import-values` | [`process`] |
//! | whether it can be installed | [`Chart::check_type`], [`Chart::check_dependencies`], [`Chart::check_kube_version`] |
//! | what templates see of files and cluster | [`Files`], [`Glob`], [`Capabilities`], [`KubeVersion`] |
//! | `helm show`, `dependency list`, `lint`, `create` | [`show`], [`list_dependencies`], [`lint`], [`create`] |
//! | a chart as an archive | [`pack`] |
//!
//! # Differences from Helm
//!
//! - Charts in `charts/` that `Chart.yaml` does not name come sorted by their file's name; in Helm
//!   in a random order.
//! - Archives inside of archives, links that multiply and the number of files are bounded too; see
//!   [`Limits`]. A link to a directory that it is in is an error at once.
//! - Sparse files in archives are refused.
//! - Of `.Files` that share their last name, `AsConfig` and `AsSecrets` take the last by path; Helm
//!   takes any.
//! - [`Glob`] matches what its pattern says; the library that Helm uses goes wrong on some with
//!   alternatives that hold a star, such as `{a*,b}?`.

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
mod gzip;
mod ignore;
mod limits;
mod lint;
mod list;
mod load;
mod members;
mod metadata;
mod notice;
mod pack;
mod path;
mod process;
mod render;
mod show;
mod time;

pub use bytes::Bytes;
pub use capabilities::{Capabilities, HelmVersion, KubeVersion, KubeVersionError};
pub use chart::{Chart, Crd};
pub use check::NotInstallable;
pub use create::{CreateError, Created, create, create_as, create_from};
pub use error::{ArchiveError, Error, TooLarge, go_text};
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
pub use members::{Member, MemberKind, read_members, write_members};
pub use metadata::{
    DecodeError, Dependency, EmitDependency, EmitMetadata, Invalid, Lock, METADATA_FIELDS,
    Maintainer, Metadata, Object, read_lock, read_metadata, read_metadata_strict,
};
pub use notice::{Level, Notice};
pub use pack::{PackError, pack};
pub use path::clean_path;
pub use process::process;
pub use render::{ReleaseInfo, RenderErrors, RenderOptions, RenderedFile, Renderer, helm_message};
pub use show::{Show, show};
pub use time::Time;
