//! The reference registry, as long as it is needed.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cluster::{build, daemons, identity};
use crate::tools;

/// `me:secret`, as `htpasswd -B` writes it.
const HTPASSWD: &str = "me:$2a$10$hk5jIECexoXOmf03STNl1O5GJMpNcSN0PHWkh/PSFCRprR063zCfa\n";

/// Whom it lets in, and how it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// Everybody, without TLS.
    None,
    /// Who knows the password, with TLS.
    Password,
    /// Who has a certificate, with TLS.
    Certificate,
}

/// A registry that runs until this is dropped.
pub(super) struct Distribution {
    /// Host and port.
    pub(super) address: String,
    child: Child,
}

impl Distribution {
    /// Starts one. The certificates are those in `folder`, made when there are none.
    pub(super) fn start(folder: &Path, name: &str, guard: Guard) -> Result<Self, String> {
        let program = build::registry()?;
        if !folder.join("ca.crt").exists() {
            tools::private_folder(folder)?;
            identity::certificates(folder).map_err(|error| format!("certificates: {error}"))?;
        }
        let own = folder.join(name);
        tools::private_folder(&own)?;
        let [port] = daemons::free_ports()?;
        let file = own.join("config.yml");
        tools::write(&file, config(folder, &own, port, guard))?;
        tools::write(&own.join("htpasswd"), HTPASSWD)?;
        let log = std::fs::File::create(own.join("log")).map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.arg("serve").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.env_clear().env("OTEL_TRACES_EXPORTER", "none");
        let child = command.spawn().map_err(|error| format!("the registry: {error}"))?;
        let address = format!("127.0.0.1:{port}");
        let started = Self { address, child };
        let start = Instant::now();
        while TcpStream::connect(&started.address).is_err() {
            if start.elapsed() > Duration::from_secs(20) {
                let log = tools::read(&own.join("log")).unwrap_or_default();
                return Err(format!("the registry {name} does not come up:\n{log}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(started)
    }
}

impl Drop for Distribution {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn config(folder: &Path, own: &Path, port: u16, guard: Guard) -> String {
    let path = |path: PathBuf| path.display().to_string();
    let mut text = format!(
        "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\n  \
         delete: {{enabled: true}}\nhttp:\n  addr: 127.0.0.1:{port}\n",
        path(own.join("data"))
    );
    if guard != Guard::None {
        let (certificate, key) = (path(folder.join("server.crt")), path(folder.join("server.key")));
        text += &format!("  tls:\n    certificate: {certificate}\n    key: {key}\n");
    }
    match guard {
        Guard::None => {}
        Guard::Password => {
            let file = path(own.join("htpasswd"));
            text += &format!("auth:\n  htpasswd: {{realm: test, path: {file}}}\n");
        }
        Guard::Certificate => {
            text += &format!("    clientcas: [{}]\n", path(folder.join("ca.crt")));
        }
    }
    text
}
