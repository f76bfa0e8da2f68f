//! Those around the hall: a department that decides in its own system, and another office's register. Both are stand-ins, real
//! processes reached by HTTP.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Result;
use crate::api::Api;
use crate::program::{Program, free_port};
use crate::until::until;
use crate::world::write_private;

/// The department's name in the hall's settings, as the sample's items name it.
const SYSTEM: &str = "water";

#[derive(Debug)]
pub struct Neighbours {
    department: Program,
    register: Program,
    control: Api,
    firms: Api,
    /// For `serve --systems`.
    pub systems: PathBuf,
    /// For `serve --providers`.
    pub providers: PathBuf,
}

impl Neighbours {
    /// Starts both beside the hall at this address, with secrets of their own. The department answers by itself after so many
    /// milliseconds, or when told.
    pub async fn start(folder: &Path, logs: &Path, hall: &str, approve_after: Option<u32>) -> Result<Self> {
        let place = folder.join("neighbours");
        std::fs::create_dir_all(&place)?;
        let (exchange, control, register) = (free_address()?, free_address()?, free_address()?);
        let (key, token) = (secret()?, secret()?);
        write_private(&place.join("water.key"), &key)?;
        write_private(&place.join("register.secret"), &token)?;
        let config = place.join("water.toml");
        std::fs::write(
            &config,
            format!(
                "name = \"{SYSTEM}\"\nhall_address = \"{hall}/api/v1/exchange/{SYSTEM}\"\n\
                 keys = {{ id = \"demo\", signing = \"hmac-sm3\", secret_file = \"water.key\" }}\n"
            ),
        )?;
        let systems = place.join("systems.toml");
        std::fs::write(
            &systems,
            format!(
                "hall = \"hall\"\n[[systems]]\nname = \"{SYSTEM}\"\ndepartment = \"SAMPLE-440304-21\"\n\
                 address = \"http://{exchange}/exchange\"\n[[systems.keys]]\nid = \"demo\"\nsigning = \"hmac-sm3\"\n\
                 secret_file = \"water.key\"\n"
            ),
        )?;
        let providers = place.join("providers.toml");
        std::fs::write(&providers, providers_file(&register))?;
        let department = Program::start("department-stand-in", SYSTEM, logs, |command| {
            command.arg("--config").arg(&config).args(["--listen", &exchange, "--control", &control]);
            if let Some(millis) = approve_after {
                command.args(["--approve-after", &millis.to_string()]);
            }
        })?;
        let register_program = Program::start("data-provider-stand-in", "register", logs, |command| {
            command.args(["--listen", &register, "--token", &token]);
        })?;
        let mut neighbours = Neighbours {
            department,
            register: register_program,
            control: Api::new(&format!("http://{control}"))?,
            firms: Api::new(&format!("http://{register}"))?,
            systems,
            providers,
        };
        neighbours.ready().await?;
        Ok(neighbours)
    }

    async fn ready(&mut self) -> Result<()> {
        until("the department's system and the register", async || {
            self.department.check()?;
            self.register.check()?;
            self.control.get("/control").await?;
            self.firms.get("/control/heard").await?;
            Ok(Some(()))
        })
        .await
    }

    /// What the department's system knows of a case.
    pub async fn handed_over(&self, case_no: &str) -> Result<Value> {
        until(&format!("the department's system to have {case_no}"), async || {
            let knows: Value = self.control.get("/control").await?.ok()?;
            Ok(knows["cases"].get(case_no).cloned())
        })
        .await
    }

    /// The department says something about a case, each message so many times; gives what the hall made of each.
    pub async fn say(&self, case_no: &str, messages: &Value, times: u32) -> Result<Value> {
        let order = json!({ "do": "say", "case_no": case_no, "messages": messages, "times": times });
        self.control.post("/control", &order).await?.ok()
    }

    /// What the register was asked, in order.
    pub async fn asked(&self) -> Result<Vec<Value>> {
        self.firms.get("/control/heard").await?.ok()
    }
}

fn providers_file(register: &str) -> String {
    format!(
        r#"[[providers]]
name = "business-registration"
title = {{ zh = "营业执照信息", en = "Business registration" }}
input = "credit-code"
[providers.request]
url = "http://{register}/firms/{{number}}?purpose={{purpose}}"
[providers.credentials]
header = "authorization"
prefix = "Bearer "
secret_file = "register.secret"
[providers.answer]
about = "/data/creditCode"
fields = [
    {{ key = "name", name = {{ zh = "企业名称", en = "Name" }}, pointer = "/data/name", mandatory = true }},
    {{ key = "state", name = {{ zh = "登记状态", en = "State" }}, pointer = "/data/state", mandatory = true }},
    {{ key = "established", name = {{ zh = "成立日期", en = "Established" }}, pointer = "/data/established" }},
]
"#
    )
}

fn free_address() -> Result<String> {
    Ok(format!("127.0.0.1:{}", free_port()?))
}

/// 32 random bytes, in hexadecimal.
fn secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
