//! The logs of pods.

use http_body_util::BodyExt;
use pintle_release::{ClusterError, ClusterErrorKind, LogWriter, Pods};
use pintle_yaml::Value;

use crate::address;
use crate::http::{Call, Http, escape};

/// Writes the logs of all containers of the chosen pods.
pub(crate) async fn logs(
    http: &Http,
    pods: &Pods<'_>,
    write: &mut LogWriter<'_>,
) -> Result<(), ClusterError> {
    let namespace = Some(pods.namespace).filter(|name| !name.is_empty());
    let mut path = format!("{}?limit=0", address::join("v1", "pods", namespace));
    for (key, selector) in [("labelSelector", pods.labels), ("fieldSelector", pods.fields)] {
        if !selector.is_empty() {
            path.push_str(&format!("&{key}={}", escape(selector)));
        }
    }
    let list = http
        .json(&Call::get(path))
        .await
        .map_err(|failure| failure.with("failed to get pod list"))?;
    for pod in list.get("items").and_then(Value::as_seq).unwrap_or_default() {
        let text =
            |key| pod.get_path(["metadata", key]).and_then(Value::as_str).unwrap_or_default();
        let (name, namespace) = (text("name"), text("namespace"));
        let containers = pod.get_path(["spec", "containers"]).and_then(Value::as_seq);
        for container in containers.unwrap_or_default() {
            let container = container.get("name").and_then(Value::as_str).unwrap_or_default();
            log(http, namespace, name, container, write).await?;
        }
    }
    Ok(())
}

async fn log(
    http: &Http,
    namespace: &str,
    pod: &str,
    container: &str,
    write: &mut LogWriter<'_>,
) -> Result<(), ClusterError> {
    let path = address::join("v1", "pods", Some(namespace));
    let path = format!("{path}/{}/log?container={}", escape(pod), escape(container));
    let failed = |doing: &str| {
        let message = format!("failed to {doing} for pod: {pod}, container: {container}");
        ClusterError::new(ClusterErrorKind::Other, message)
    };
    let call = Call { accept: "*/*", ..Call::get(path) };
    let mut body = http.stream(&call).await.map_err(|_| failed("stream pod logs"))?;
    let idle = std::time::Duration::from_secs(60);
    loop {
        let frame = tokio::time::timeout(idle, body.frame()).await;
        match frame.map_err(|_| failed("copy IO from logs"))? {
            None => return Ok(()),
            Some(Err(_)) => return Err(failed("copy IO from logs")),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    write(namespace, pod, container, &data);
                }
            }
        }
    }
}
