//! `env`: the settings that hold, as variables.

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::{Context, namespace};
use crate::failure::Failure;
use crate::paths::Home;
use crate::program::Program;
use crate::settings::Settings;

pub(crate) const ENV: Command = Command {
    name: "env",
    short: "print the settings that hold",
    long: "
Print the settings that hold, as environment variables. With the name of one as its argument,
print its value alone.
",
    arity: Arity::AtMost(1),
    run: Some(run),
    candidates,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let variables = variables(context.program, &context.settings);
    let text = match context.args().first() {
        Some(name) => {
            let value = variables.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            format!("{}\n", value.map_or("", String::as_str))
        }
        None => variables.iter().map(|(name, value)| format!("{name}=\"{value}\"\n")).collect(),
    };
    context.print(&text);
    Ok(())
}

/// All variables, by name.
pub(crate) fn variables(program: &Program, settings: &Settings) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("HELM_BIN", program.started_as.clone()),
        ("HELM_BURST_LIMIT", settings.burst_limit.to_string()),
        ("HELM_CACHE_HOME", Home::Cache.path("")),
        ("HELM_CONFIG_HOME", Home::Config.path("")),
        ("HELM_CONTENT_CACHE", settings.content_cache.clone()),
        ("HELM_DATA_HOME", Home::Data.path("")),
        ("HELM_DEBUG", settings.debug.to_string()),
        ("HELM_KUBEAPISERVER", settings.kube_apiserver.clone()),
        ("HELM_KUBEASGROUPS", settings.kube_as_groups.join(",")),
        ("HELM_KUBEASUSER", settings.kube_as_user.clone()),
        ("HELM_KUBECAFILE", settings.kube_ca_file.clone()),
        ("HELM_KUBECONTEXT", settings.kube_context.clone()),
        ("HELM_KUBEINSECURE_SKIP_TLS_VERIFY", settings.kube_insecure_skip_tls_verify.to_string()),
        ("HELM_KUBETLS_SERVER_NAME", settings.kube_tls_server_name.clone()),
        ("HELM_KUBETOKEN", settings.kube_token.clone()),
        ("HELM_MAX_HISTORY", settings.max_history.to_string()),
        ("HELM_NAMESPACE", namespace(settings)),
        ("HELM_PLUGINS", settings.plugins.clone()),
        (
            "HELM_QPS",
            pintle_strconv::format_f32(settings.qps, pintle_strconv::Notation::Fixed, Some(2)),
        ),
        ("HELM_REGISTRY_CONFIG", settings.registry_config.clone()),
        ("HELM_REPOSITORY_CACHE", settings.repository_cache.clone()),
        ("HELM_REPOSITORY_CONFIG", settings.repository_config.clone()),
    ];
    if !settings.kubeconfig.is_empty() {
        variables.push(("KUBECONFIG", settings.kubeconfig.clone()));
    }
    variables
}

fn candidates(context: &Context, _typed: &str) -> Candidates {
    if context.args().is_empty() {
        Candidates::only(
            variables(context.program, &context.settings)
                .into_iter()
                .map(|(name, _)| name.to_owned())
                .collect(),
        )
    } else {
        Candidates::no_more()
    }
}
