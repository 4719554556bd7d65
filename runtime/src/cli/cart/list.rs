//! Which devices there are.

use ecg2mri::cart::discovery::{self, Found};
use ecg2mri::cart::source::Address;
use ecg2mri::standard_output;
use serde::Serialize;

use super::super::failure::Failure;

/// One address, as JSON has it.
#[derive(Serialize)]
struct Listed {
    address: String,
    device: Option<String>,
    leads: Vec<String>,
    sampling_rate_hz: Option<f64>,
    problem: Option<String>,
}

/// Looks for devices at `address`, or at all serial ports, and prints what is there.
pub fn run(address: Option<Address>, json: bool) -> Result<(), Failure> {
    let addresses = match address {
        Some(address) => vec![address],
        None => discovery::serial_ports(),
    };
    let found = discovery::discover(addresses, discovery::PATIENCE);
    let text = match json {
        true => {
            let listed: Vec<Listed> = found.iter().map(Listed::new).collect();
            serde_json::to_string_pretty(&listed).map_err(Failure::failed)? + "\n"
        }
        false => table(&found),
    };
    standard_output::print(&text).map_err(Failure::failed)
}

/// A line for each address.
fn table(found: &[Found]) -> String {
    if found.is_empty() {
        return "no serial port; is the device plugged in?\n".into();
    }
    let line = |found: &Found| match &found.device {
        Ok(Some(layout)) => format!("{}: {layout}\n", found.address),
        Ok(None) => format!("{}: nobody said hello\n", found.address),
        Err(error) => format!("{error}\n"),
    };
    found.iter().map(line).collect()
}

impl Listed {
    fn new(found: &Found) -> Self {
        let layout = found.device.as_ref().ok().and_then(Option::as_ref);
        let leads = layout.iter().flat_map(|layout| layout.leads());
        Self {
            address: found.address.to_string(),
            device: layout.map(|layout| layout.device()),
            leads: leads.map(|(_, lead)| lead.to_string()).collect(),
            sampling_rate_hz: layout.map(|layout| layout.sampling_rate()),
            problem: found.device.as_ref().err().map(ToString::to_string),
        }
    }
}
