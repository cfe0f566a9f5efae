//! Semantic versions and constraints as Masterminds/semver reads them.
//!
//! Helm, and much else around Kubernetes that is written in Go, reads versions with that library: a
//! leading `v` and missing numbers are fine, `>=1.21-0` is the way to let prereleases in, and
//! `1.x || ^2.1` is a constraint. This crate gives the same answers and the same error texts as its
//! version 3.5.0, the one of Helm 4.3, without regular expressions.
//!
//! ```
//! use pintle_semver::{Constraint, Version};
//!
//! let version = Version::parse("v1.29.4-gke.100")?;
//! assert!(Constraint::parse(">=1.21-0")?.check(&version));
//!
//! let constraint = Constraint::parse("~1.28 || ^2")?;
//! let reasons = constraint.validate(&version.with_prerelease("")?).unwrap_err();
//! assert_eq!(
//!     reasons[0].to_string(),
//!     r#""1.29.4" does not have same major and minor version as "1.28""#,
//! );
//!
//! // Versions are ordered by precedence.
//! let mut versions = ["1.10.0", "1.9", "1.10.0-rc.1"].map(|v| Version::parse(v).unwrap());
//! versions.sort();
//! assert_eq!(versions.map(|v| v.to_string()), ["1.9.0", "1.10.0-rc.1", "1.10.0"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is where
//!
//! | Masterminds/semver | here |
//! |---|---|
//! | `NewVersion`, `StrictNewVersion`, `New` | [`Version::parse`], [`Version::parse_strict`], [`Version::new`] |
//! | `String`, `Original` | [`Display`](std::fmt::Display), [`Version::original`] |
//! | `Compare`, `LessThan`, `Equal` | [`Ord`], [`Eq`]; metadata does not count |
//! | `IncPatch`, `IncMinor`, `IncMajor` | [`Version::next_patch`], [`Version::next_minor`], [`Version::next_major`]; an error where Go panics |
//! | `SetPrerelease`, `SetMetadata` | [`Version::with_prerelease`], [`Version::with_metadata`] |
//! | `NewConstraint` | [`Constraint::parse`] |
//! | `Check`, `Validate` | [`Constraint::check`], [`Constraint::validate`] |
//! | `IncludePrerelease` | [`Constraint::include_prereleases`] |
//!
//! Inputs are bounded by [`MAX_VERSION_LEN`], [`MAX_CONSTRAINT_LEN`] and [`MAX_CONSTRAINT_GROUPS`].

#![forbid(unsafe_code)]

mod constraint;
mod scan;
mod version;

pub use constraint::{
    Constraint, ConstraintError, MAX_CONSTRAINT_GROUPS, MAX_CONSTRAINT_LEN, Mismatch, Violation,
};
pub use version::{MAX_VERSION_LEN, Part, Version, VersionError};
