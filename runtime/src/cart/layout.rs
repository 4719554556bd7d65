//! What the samples of a device mean: its hello, in the words of this crate.

use std::fmt;

use ecg2mri_shim::wire::{DeviceKind, Hello, LeadOff};

use super::electrodes::{Electrode, electrodes_at};
use crate::ecg::Lead;

/// One channel of a device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Channel {
    /// The lead it records, if it records one.
    pub lead: Option<Lead>,
    /// Gain of its amplifier; 0 when powered down.
    pub gain: u8,
    /// Millivolts of one step of its converter; `None` when powered down.
    pub millivolts_per_code: Option<f64>,
}

/// How the samples of a device are to be read, as one of its hellos says.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    hello: Hello,
    channels: Vec<Channel>,
}

impl Layout {
    /// What `hello` says. Of several channels with one lead only the first has it.
    pub fn new(hello: Hello) -> Self {
        let mut channels: Vec<Channel> = Vec::with_capacity(hello.channels.len());
        for (number, wired) in hello.channels.iter().enumerate() {
            let lead = wired.lead.map(standard_lead);
            let is_taken = |lead: &Lead| channels.iter().any(|other| other.lead == Some(*lead));
            let lead = lead.filter(|lead| wired.gain != 0 && !is_taken(lead));
            let microvolts = hello.microvolts_per_code(number);
            channels.push(Channel {
                lead,
                gain: wired.gain,
                millivolts_per_code: microvolts.map(|microvolts| microvolts / 1000.0),
            });
        }
        Self { hello, channels }
    }

    /// The hello.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// The channels in the order of the samples.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Samples per second and channel that the device means to take.
    pub fn sampling_rate(&self) -> f64 {
        self.hello.sampling_rate()
    }

    /// The leads recorded, each with the number of its channel.
    pub fn leads(&self) -> impl Iterator<Item = (usize, Lead)> {
        let channels = self.channels.iter().enumerate();
        channels.filter_map(|(number, channel)| Some((number, channel.lead?)))
    }

    /// Whether samples of both may follow one another in one recording: the same leads on the same
    /// channels at the same rate. Gains may differ.
    pub fn continues(&self, before: &Self) -> bool {
        self.hello.sampling_rate_millihertz == before.hello.sampling_rate_millihertz
            && self.channels.len() == before.channels.len()
            && self
                .channels
                .iter()
                .zip(&before.channels)
                .all(|(own, other)| own.lead == other.lead)
    }

    /// The electrodes that `off` tells to be off, each once, in the customary order. Those that the device
    /// does not sense are never among them.
    pub fn electrodes_off(&self, off: LeadOff) -> Vec<Electrode> {
        let sensed = self.hello.lead_off_sensed;
        let mut electrodes = Vec::new();
        for (number, channel) in self.channels.iter().enumerate() {
            let bit = 1_u8.checked_shl(number as u32).unwrap_or(0);
            let (positive, negative) = electrodes_at(number, channel.lead);
            for (electrode, off, sensed) in [
                (positive, off.positive, sensed.positive),
                (negative, off.negative, sensed.negative),
            ] {
                if off & sensed & bit != 0 && !electrodes.contains(&electrode) {
                    electrodes.push(electrode);
                }
            }
        }
        electrodes.sort_unstable();
        electrodes
    }

    /// The device's name.
    pub fn device(&self) -> String {
        match self.hello.device {
            DeviceKind::Simulator => "simulator".into(),
            DeviceKind::Ads1294 => "ADS1294".into(),
            DeviceKind::Ads1296 => "ADS1296".into(),
            DeviceKind::Ads1298 => "ADS1298".into(),
            DeviceKind::Ads1294R => "ADS1294R".into(),
            DeviceKind::Ads1296R => "ADS1296R".into(),
            DeviceKind::Ads1298R => "ADS1298R".into(),
            DeviceKind::Other(code) => format!("device {code}"),
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leads: Vec<&str> = self.leads().map(|(_, lead)| lead.name()).collect();
        write!(
            formatter,
            "{}, firmware {}, {} Hz, leads {}",
            self.device(),
            self.hello.firmware,
            self.sampling_rate(),
            leads.join(" ")
        )
    }
}

/// The wire's name of a lead is its own type, since the device's crate knows nothing of this one.
fn standard_lead(lead: ecg2mri_shim::wire::Lead) -> Lead {
    use ecg2mri_shim::wire::Lead as Wired;
    match lead {
        Wired::I => Lead::I,
        Wired::II => Lead::II,
        Wired::III => Lead::III,
        Wired::AVR => Lead::AVR,
        Wired::AVL => Lead::AVL,
        Wired::AVF => Lead::AVF,
        Wired::V1 => Lead::V1,
        Wired::V2 => Lead::V2,
        Wired::V3 => Lead::V3,
        Wired::V4 => Lead::V4,
        Wired::V5 => Lead::V5,
        Wired::V6 => Lead::V6,
    }
}
