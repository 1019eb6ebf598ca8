//! The file `clouds.yaml`, whose secrets must not appear in messages and debug output.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;
use std::{env, fs, process};

use libfuzzer_sys::{Corpus, fuzz_target};
use otc_autoscaling::Credentials;
use otc_autoscaling_fuzz::CANARY;

/// The path of the file. The environment variables refer to it, and all other OpenStack variables are removed.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = env::temp_dir().join(format!("fuzz-clouds-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (file, secure) = (folder.join("clouds.yaml"), folder.join("secure.yaml"));
    fs::write(&secure, "").unwrap();
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("OS_")) {
        // SAFETY: libFuzzer runs the target in one thread, and nothing else reads the variables.
        unsafe { env::remove_var(name) };
    }
    for (name, value) in [
        ("OS_CLOUD", "otc".as_ref()),
        ("OS_CLIENT_CONFIG_FILE", file.as_os_str()),
        ("OS_CLIENT_SECURE_FILE", secure.as_os_str()),
    ] {
        // SAFETY: as above.
        unsafe { env::set_var(name, value) };
    }
    file
});

fuzz_target!(|text: &str| -> Corpus {
    // Inserts the canary at the start of each secret.
    const SECRETS: [&str; 4] =
        ["password:", "secret_key:", "token:", "application_credential_secret:"];
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let cut = SECRETS.iter().find_map(|key| Some(line.find(key)? + key.len()));
        lines.push(match cut {
            Some(end) => format!("{} {CANARY}{}", &line[..end], &line[end..]),
            None => line.to_owned(),
        });
    }
    fs::write(&*FILE, lines.join("\n")).unwrap();
    match Credentials::from_env() {
        Ok(found) => assert!(!format!("{found:?}").contains(CANARY), "{found:?}"),
        Err(error) => {
            let (shown, debug) = (error.to_string(), format!("{error:?}"));
            assert!(!shown.contains(CANARY) && !debug.contains(CANARY), "{shown} {debug}");
            assert!(!shown.contains(char::is_control), "{shown:?}");
        }
    }
    Corpus::Keep
});
