//! Credentials from the variables and files of a real process: the test program runs itself again with
//! other variables. The unit tests of `src/credentials/environment/` cover the details.

use std::path::Path;
use std::process::Command;

use otc_autoscaling::{Client, ClientBuilder, Credentials};

/// The child process. Creates a client from its environment, and prints it.
#[test]
#[ignore = "is a part of the other tests, which run it with variables"]
fn child() {
    let of = |settings: ClientBuilder| -> Result<Client, Box<dyn std::error::Error>> {
        let settings = settings.credentials(Credentials::from_env()?);
        #[cfg(feature = "keystone")]
        if std::env::var_os("DISCOVER").is_some() {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            return Ok(runtime.block_on(settings.discover())?);
        }
        Ok(settings.build()?)
    };
    for settings in [Client::builder(), Client::builder().region("eu-nl").project_id("given")] {
        match of(settings) {
            Ok(client) => println!("found {client:?}"),
            Err(error) => println!("found {error}"),
        }
    }
}

/// Returns the output of the child process in this folder, with only these variables.
fn found(folder: &Path, variables: &[(&str, &str)]) -> [String; 2] {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "from_env::child", "--ignored", "--nocapture"])
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !text.contains("canary"), "{text}");
    let found: Vec<String> =
        text.lines().filter_map(|line| Some(line.split_once("found ")?.1.to_owned())).collect();
    found.try_into().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn variables_are_read_and_explicit_settings_take_precedence() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("OS_ACCESS_KEY", "canary"),
        ("OS_SECRET_KEY", "canary"),
        ("OS_PROJECT_ID", "found"),
        ("OS_REGION_NAME", "eu-de"),
    ];
    let [found_alone, beside] = found(folder.path(), &variables);
    for (client, region, project) in [(found_alone, "eu-de", "found"), (beside, "eu-nl", "given")] {
        let expected = format!(
            "Client {{ endpoint: \"https://as.{region}.otc.t-systems.com\", project_id: \
             \"{project}\", credentials: Credentials(access key), "
        );
        assert!(client.starts_with(&expected), "{client}");
    }
}

#[test]
fn endpoint_of_the_service_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("OS_TOKEN", "canary"), ("OS_PROJECT_ID", "p"), ("OS_REGION_NAME", "eu-de")];
    for service in ["ASV1", "AS", "AUTO_SCALING"] {
        let name = format!("OS_{service}_ENDPOINT_OVERRIDE");
        let endpoint = (name.as_str(), "https://as.example.com/autoscaling-api/v1/p");
        // `envvars` is the cloud that the variables define.
        let cloud = ("OS_CLOUD", "envvars");
        let [client, _] = found(folder.path(), &[&variables[..], &[endpoint, cloud]].concat());
        assert!(client.starts_with("Client { endpoint: \"https://as.example.com\""), "{client}");
    }
}

#[test]
fn project_name_that_is_not_looked_up_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("OS_ACCESS_KEY", "canary"),
        ("OS_SECRET_KEY", "canary"),
        ("OS_PROJECT_NAME", "eu-de_project"),
        ("OS_REGION_NAME", "eu-de"),
    ];
    let [error, _] = found(folder.path(), &variables);
    let hint = ", or call discover() instead of build() to look it up";
    let expected = "invalid client configuration: OS_PROJECT_ID: required: \
                    set it to the ID of the project \"eu-de_project\"";
    let hint = if cfg!(feature = "keystone") { hint } else { "" };
    assert_eq!(error, format!("{expected}{hint}"));
}

#[test]
fn error_names_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let [error, _] = found(folder.path(), &[("OS_SECRET_KEY", "canary")]);
    assert_eq!(error, "OS_ACCESS_KEY: required");
    for (name, value, rule) in [
        ("OS_REGION_NAME", "eu-xx", "\"eu-xx\" is not one of eu-de, eu-nl"),
        ("OS_REGION", "eu-xx", "\"eu-xx\" is not one of eu-de, eu-nl"),
        ("OS_ASV1_ENDPOINT_OVERRIDE", "http://as.example.com", "http is allowed only for loopback"),
        ("OS_AS_ENDPOINT_OVERRIDE", "http://as.example.com", "http is allowed only for loopback"),
    ] {
        for method in ["BUILD", "DISCOVER"] {
            let given =
                [("OS_TOKEN", "canary"), ("OS_PROJECT_ID", "p"), (name, value), (method, "1")];
            let [error, beside] = found(folder.path(), &given);
            let expected = format!("invalid client configuration: {name}: {rule}");
            assert!(error.starts_with(&expected), "{method}: {error}");
            // An explicit setting replaces the variable.
            assert!(beside.starts_with("Client { endpoint: \"https://as.eu-nl."), "{beside}");
        }
    }
}

#[cfg(feature = "keystone")]
#[test]
fn discover_is_suggested_for_a_project_name() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("OS_AUTH_URL", "https://iam.example.com"),
        ("OS_USER_ID", "u"),
        ("OS_PASSWORD", "canary"),
        ("OS_PROJECT_NAME", "p"),
        ("OS_PROJECT_DOMAIN_NAME", "d"),
        ("OS_REGION_NAME", "eu-de"),
    ];
    let [error, _] = found(folder.path(), &variables);
    let expected = "invalid client configuration: OS_PROJECT_ID: required: set it to the ID of the project \"p\", or call discover()";
    assert!(error.starts_with(expected), "{error}");
}

#[cfg(feature = "keystone")]
#[test]
fn clouds_yaml_is_read_from_the_working_and_the_home_directory() {
    let cloud = "clouds: {otc: {region_name: eu-de, auth: {project_id: found, user_id: u, \
                 auth_url: 'https://iam.example.com'}}}";
    let secure = "clouds: {otc: {auth: {password: canary}}}";
    for place in ["", ".config/openstack"] {
        let home = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = if place.is_empty() { folder.path() } else { &home.path().join(place) };
        std::fs::create_dir_all(config).unwrap();
        std::fs::write(config.join("clouds.yaml"), cloud).unwrap();
        std::fs::write(config.join("secure.yaml"), secure).unwrap();
        let home = home.path().to_str().unwrap();
        let [client, _] = found(folder.path(), &[("OS_CLOUD", "otc"), ("HOME", home)]);
        let expected = "Client { endpoint: \"https://as.eu-de.otc.t-systems.com\", project_id: \
                        \"found\", credentials: Credentials(Keystone), ";
        assert!(client.starts_with(expected), "{client}");
    }
}
