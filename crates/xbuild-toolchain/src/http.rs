//! One GET, over HTTP or from a folder. The one place that knows the `ureq` crate.
//!
//! Proxies and certificates come from the user's environment as a value, as `curl` and Go read them: `HTTPS_PROXY`,
//! `HTTP_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`, `SSL_CERT_DIR`. Without the last two the system's own trust store decides.

use std::fs::File;
use std::io::{self, Read};
use std::time::Duration;

use camino::Utf8Path;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy};

use crate::Environment;

/// Asks servers and folders for files.
#[derive(Debug)]
pub(crate) struct Client<'a> {
    environment: &'a Environment,
    roots: RootCerts,
}

/// Why there is no body.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The other side has no such file, as opposed to: it could not be asked.
    pub(crate) not_found: bool,
    pub(crate) text: String,
}

/// A body, and its length where the sender gave it.
type Body = (Box<dyn Read>, Option<u64>);

impl<'a> Client<'a> {
    /// A client of this user. Fails where the environment names certificates that cannot be read.
    pub(crate) fn new(environment: &'a Environment) -> Result<Self, String> {
        Ok(Self { environment, roots: roots(environment)? })
    }

    /// Opens what an address names.
    pub(crate) fn open(&self, address: &str) -> Result<Body, Refusal> {
        if let Some(path) = address.strip_prefix("file://") {
            return open_file(Utf8Path::new(&percent_decoded(path)));
        }
        self.get(address)
    }

    fn get(&self, address: &str) -> Result<Body, Refusal> {
        let refused = |text: String| Refusal { not_found: false, text };
        let agent = self.agent(address).map_err(refused)?;
        let response = agent.get(address).call().map_err(|error| refused(error.to_string()))?;
        let status = response.status();
        if !status.is_success() {
            let not_found = matches!(status.as_u16(), 404 | 410);
            return Err(Refusal { not_found, text: format!("the server answered {status}") });
        }
        let body = response.into_body();
        let total = body.content_length();
        Ok((Box::new(body.into_reader()), total))
    }

    fn agent(&self, address: &str) -> Result<Agent, String> {
        let tls = TlsConfig::builder().root_certs(self.roots.clone()).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .tls_config(tls)
            .proxy(proxy(self.environment, address)?)
            .timeout_connect(Some(Duration::from_secs(30)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .timeout_per_read(Some(Duration::from_secs(60)));
        Ok(config.build().into())
    }
}

fn open_file(path: &Utf8Path) -> Result<Body, Refusal> {
    let file = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let refused =
        |error: io::Error| Refusal { not_found: error.kind() == io::ErrorKind::NotFound, text: error.to_string() };
    file.map(|(length, file)| (Box::new(file) as Box<dyn Read>, Some(length))).map_err(refused)
}

/// The proxy for this address, if the environment names one.
fn proxy(environment: &Environment, address: &str) -> Result<Option<Proxy>, String> {
    let names: &[&str] = match address.starts_with("https:") {
        true => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        false => &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    };
    let Some(address) = names.iter().find_map(|name| environment.get(name)) else { return Ok(None) };
    let invalid = |error: ureq::Error| format!("the proxy that the environment names cannot be used: {error}");
    let parsed = Proxy::new(address).map_err(invalid)?;
    let mut builder = Proxy::builder(parsed.protocol()).host(parsed.host()).port(parsed.port());
    if let Some(user) = parsed.username() {
        builder = builder.username(user);
    }
    if let Some(password) = parsed.password() {
        builder = builder.password(password);
    }
    let exceptions = environment.get("NO_PROXY").or_else(|| environment.get("no_proxy")).unwrap_or_default();
    for host in exceptions.split(',').map(str::trim).filter(|host| !host.is_empty()) {
        builder = no_proxy(builder, host);
    }
    builder.build().map(Some).map_err(invalid)
}

/// In `NO_PROXY` a domain means itself and everything below it, as Go and curl read it.
fn no_proxy(builder: ureq::ProxyBuilder, host: &str) -> ureq::ProxyBuilder {
    let bare = host.trim_start_matches("*.").trim_start_matches('.');
    match bare {
        "*" => builder.no_proxy("*"),
        bare => builder.no_proxy(bare).no_proxy(&format!(".{bare}")),
    }
}

/// The certificates that the user trusts.
fn roots(environment: &Environment) -> Result<RootCerts, String> {
    let mut certificates = Vec::new();
    if let Some(file) = environment.get("SSL_CERT_FILE") {
        read_certificates(Utf8Path::new(file), &mut certificates)
            .map_err(|error| format!("SSL_CERT_FILE {file}: {error}"))?;
    } else if let Some(folders) = environment.get("SSL_CERT_DIR") {
        for folder in folders.split(':') {
            read_folder(Utf8Path::new(folder), &mut certificates)
                .map_err(|error| format!("SSL_CERT_DIR {folder}: {error}"))?;
        }
    }
    Ok(if certificates.is_empty() { RootCerts::PlatformVerifier } else { RootCerts::new_with_certs(&certificates) })
}

type Certificates = Vec<ureq::tls::Certificate<'static>>;

fn read_certificates(file: &Utf8Path, into: &mut Certificates) -> io::Result<()> {
    let text = std::fs::read(file)?;
    // Broken entries of a bundle are passed over, as every TLS library does.
    into.extend(parse_pem(&text).flatten().filter_map(|item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    }));
    Ok(())
}

fn read_folder(folder: &Utf8Path, into: &mut Certificates) -> io::Result<()> {
    for entry in folder.read_dir_utf8()? {
        let path = entry?.into_path();
        if path.is_file() {
            read_certificates(&path, into)?;
        }
    }
    Ok(())
}

/// `%20` and its like as the characters that they stand for; anything malformed stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let decoded = after.first_chunk::<2>().filter(|_| first == b'%').and_then(hex_byte);
        out.push(decoded.unwrap_or(first));
        rest = if decoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex_byte(pair: &[u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_odd_letters_can_be_named() {
        assert_eq!(percent_decoded("/a%20b/%C3%BC%/%zz"), "/a b/ü%/%zz");
    }

    fn check_proxy(variables: &[(&str, &str)], address: &str, expect: &str) {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let found = match proxy(&Environment::new(variables.collect()), address) {
            Ok(Some(proxy)) if proxy.is_no_proxy(&address.parse().expect("an address")) => {
                "none for this host".to_owned()
            }
            Ok(Some(proxy)) => format!("{}:{}", proxy.host(), proxy.port()),
            Ok(None) => "none".to_owned(),
            Err(error) => error,
        };
        assert_eq!(found, expect, "{address}");
    }

    #[test]
    fn the_environment_names_the_proxy() {
        let set = [("HTTPS_PROXY", "http://user:pw@p.example:3128"), ("NO_PROXY", "localhost,.corp.example")];
        check_proxy(&set, "https://a.example/x", "p.example:3128");
        check_proxy(&set, "http://a.example/x", "none");
        check_proxy(&set, "https://go.corp.example/x", "none for this host");
        check_proxy(&set, "https://corp.example/x", "none for this host");
        check_proxy(&[], "https://a.example/x", "none");
    }

    #[test]
    fn named_certificates_that_cannot_be_read_are_an_error() {
        let environment = Environment::new([("SSL_CERT_FILE".to_owned(), "/nonexistent.pem".to_owned())].into());
        assert!(Client::new(&environment).is_err_and(|error| error.starts_with("SSL_CERT_FILE /nonexistent.pem: ")));
    }
}
