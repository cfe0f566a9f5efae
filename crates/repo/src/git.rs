//! Charts in git repositories, by the program `git`: `git+https://host/repository@REV//path`.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use pintle_chart::{Chart, Loader, go_text, pack};

use crate::Error;
use crate::http::redacted;

/// Where a chart is in a git repository.
///
/// ```
/// use pintle_repo::git::Source;
///
/// let source = Source::parse("git+https://example.com/a/b.git@v1.0.0//charts/web").unwrap();
/// assert_eq!(source.url, "https://example.com/a/b.git");
/// assert_eq!(source.revision, "v1.0.0");
/// assert_eq!(source.path, "charts/web");
/// assert_eq!(source.to_string(), "git+https://example.com/a/b.git@v1.0.0//charts/web");
/// assert!(Source::parse("https://example.com/a/b.git").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The repository's URL.
    pub url: String,
    /// A branch, a tag or a commit; empty for the repository's own choice.
    pub revision: String,
    /// The chart's directory; empty for the root.
    pub path: String,
}

/// A chart that came from a git repository.
#[derive(Debug)]
#[non_exhaustive]
pub struct Cloned {
    /// The chart.
    pub chart: Chart,
    /// Its archive, the same for the same commit.
    pub archive: Vec<u8>,
    /// The commit.
    pub commit: String,
}

/// How the repository may be reached: nothing that runs a program of its choice.
const PROTOCOLS: &[&str] = &["https", "http", "ssh", "file"];

impl Source {
    /// Reads what stands for a chart in a git repository; `None` if it is something else, or no such
    /// thing can be.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("git+")?;
        let (scheme, rest) = rest.split_once("://")?;
        if !PROTOCOLS.contains(&scheme) {
            return None;
        }
        let (rest, path) = rest.split_once("//").unwrap_or((rest, ""));
        // The @ before a host follows a user's name.
        let (host, below) = rest.split_once('/')?;
        let (below, revision) = below.rsplit_once('@').unwrap_or((below, ""));
        let path = path.trim_matches('/');
        let plain = path.is_empty() || path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        let tidy = !revision.starts_with('-') && !text.contains(|c: char| c.is_control());
        (plain && tidy && (scheme == "file" || !host.is_empty())).then(|| Self {
            url: format!("{scheme}://{host}/{below}"),
            revision: revision.to_owned(),
            path: path.to_owned(),
        })
    }

    /// The same at one commit.
    #[must_use]
    pub fn at(&self, commit: &str) -> Self {
        Self { revision: commit.to_owned(), ..self.clone() }
    }

    /// Fetches the chart. `git` asks for passwords as it is set up to, but not at the terminal.
    ///
    /// # Errors
    ///
    /// There is no `git`, no such repository, revision or chart.
    pub fn fetch(&self) -> Result<Cloned, Error> {
        let folder = tempfile::tempdir()
            .map_err(|error| Error::Other(format!("git: {}", go_text(&error))))?;
        let root = folder.path();
        self.git(root, &["init", "--quiet"])?;
        let revision = if self.revision.is_empty() { "HEAD" } else { &self.revision };
        let fetch = ["fetch", "--quiet", "--no-recurse-submodules"];
        let one = ["--depth=1", "--no-tags", "--", &self.url, revision];
        let fetched = self.git(root, &[&fetch[..], &one].concat());
        let commit = match fetched {
            Ok(_) => self.git(root, &["rev-parse", "FETCH_HEAD^{commit}"])?,
            // Not every server gives a commit by its digits alone, and none by some of them.
            Err(_) if is_commit(revision) => {
                let all = ["--tags", "--", &self.url, "+refs/heads/*:refs/remotes/origin/*"];
                self.git(root, &[&fetch[..], &all].concat())?;
                self.git(root, &["rev-parse", &format!("{revision}^{{commit}}")])?
            }
            Err(error) => return Err(error),
        };
        let commit = commit.trim().to_owned();
        self.git(root, &["checkout", "--quiet", "--detach", &commit])?;
        let directory = root.join(&self.path);
        if !directory.join("Chart.yaml").is_file() {
            let path = pintle_strconv::quote(&self.path);
            let text = format!("{self}: there is no chart in {path} at {commit}");
            return Err(Error::Other(text));
        }
        let mut chart = Loader::new()
            .load_directory(&directory)
            .map_err(|error| Error::Other(format!("{self}: {error}")))?;
        let archive =
            pack(&mut chart, 0).map_err(|error| Error::Other(format!("{self}: {error}")))?;
        Ok(Cloned { chart, archive, commit })
    }

    fn git(&self, root: &Path, arguments: &[&str]) -> Result<String, Error> {
        let mut command = Command::new("git");
        // What the repository holds must not run anything nor lead out of it.
        command.args(["-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false"]);
        command.args(["-c", "core.fsmonitor=false", "-c", "advice.detachedHead=false"]);
        command.args(["-c", "protocol.ext.allow=never", "-c", "init.defaultBranch=main"]);
        command.args(arguments).current_dir(root);
        command.env("GIT_ALLOW_PROTOCOL", PROTOCOLS.join(":")).env("GIT_TERMINAL_PROMPT", "0");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        // A server that says nothing for a minute is given up.
        command.env("GIT_HTTP_LOW_SPEED_LIMIT", "1").env("GIT_HTTP_LOW_SPEED_TIME", "60");
        let output = command.stdin(Stdio::null()).output().map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::NotFound => "the program is not there".to_owned(),
                _ => go_text(&error),
            };
            Error::Other(format!("{self}: git: {why}"))
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let said = said.replace(&self.url, &redacted(&self.url));
        Err(Error::Other(format!("{self}: git: {said}")))
    }
}

/// Whether a revision may be a commit by its digits.
fn is_commit(revision: &str) -> bool {
    revision.len() >= 7 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// As it is given, but without a password.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "git+{}", redacted(&self.url))?;
        if !self.revision.is_empty() {
            write!(f, "@{}", self.revision)?;
        }
        if !self.path.is_empty() {
            write!(f, "//{}", self.path)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn sources_are_taken_apart() {
        let table = [
            ("git+https://h/r@v1//a/b", Some(("https://h/r", "v1", "a/b"))),
            ("git+https://h/r", Some(("https://h/r", "", ""))),
            ("git+https://h/r//a/", Some(("https://h/r", "", "a"))),
            ("git+ssh://git@h/r.git@main", Some(("ssh://git@h/r.git", "main", ""))),
            ("git+ssh://git@h/r.git", Some(("ssh://git@h/r.git", "", ""))),
            ("git+file:///a/b@feature/x//c", Some(("file:///a/b", "feature/x", "c"))),
            ("git+https://h/r@--upload-pack=x", None),
            ("git+https://h/r//../a", None),
            ("git+ext://sh -c x", None),
            ("git+https://h", None),
            ("https://h/r@v1", None),
        ];
        for (text, expected) in table {
            let read = Source::parse(text);
            let read = read.as_ref().map(|source| {
                (source.url.as_str(), source.revision.as_str(), source.path.as_str())
            });
            assert_eq!(read, expected, "{text}");
        }
    }
}
