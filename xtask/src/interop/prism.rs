//! Prism, which serves the examples of the document and checks each request against it.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::step::Running;
use crate::Failure;
use crate::tools::Tools;

/// The last version that runs on Node 20.
const TOOLS: Tools =
    Tools { name: "interop/prism", node: &["@stoplight/prism-cli@5.14.2"], python: &[] };

pub struct Prism {
    _process: Running,
    pub address: String,
}

impl Prism {
    /// Serves the document until it is dropped.
    pub fn start(document: &Path) -> Result<Self, Failure> {
        let installed = TOOLS.install()?;
        let log = installed.folder().join("prism.log");
        let output = File::create(&log)?;
        let port = free_port()?;
        let mut command = installed.node("prism");
        command.args(["mock", "--errors", "--host", "127.0.0.1", "--port", &port.to_string()]);
        command.arg(document).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut process = Running(command.spawn()?);

        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if process.0.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(60) {
                let said = fs::read_to_string(&log).unwrap_or_default();
                return Err(format!("Prism does not serve {}:\n{said}", document.display()).into());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(Self { _process: process, address: format!("http://127.0.0.1:{port}") })
    }
}

/// One that was free a moment ago: Prism takes no 0.
fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
