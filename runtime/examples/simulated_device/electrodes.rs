//! What the electrodes bring to the simulated chip: a recording, played in a loop.

use std::error::Error;

use ecg2mri::Ecg;
use ecg2mri::ecg::Lead;
use ecg2mri_shim::ads129x::TWELVE_LEAD_CHANNELS;
use ecg2mri_shim::simulator::{Impedance, Moment, Side, Signal};

/// Seconds over which the end of the recording goes over into its beginning.
const FADE: f64 = 0.2;

/// A recording at the chip's inputs.
#[derive(Debug)]
pub struct Electrodes {
    /// Nanovolts, shape (channel, sample).
    rows: Vec<Vec<f64>>,
    rate: f64,
    /// Inputs without an electrode: bit *k* is channel *k* + 1.
    off: (u8, u8),
}

impl Electrodes {
    /// The eight channels of `ecg`; the electrode named `off` is off.
    pub fn new(ecg: &Ecg, off: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let names = TWELVE_LEAD_CHANNELS.map(|lead| format!("{lead:?}"));
        let mut rows = Vec::new();
        for name in &names {
            let lead: Lead = name.parse()?;
            let row = ecg.lead(lead).ok_or(format!("lead {lead} is missing"))?;
            rows.push(looped(row, ecg.sampling_rate()));
        }
        let channel = |name: &str| names.iter().position(|own| own == name);
        let off = match off {
            None => (0, 0),
            // As on the board: see `Configuration::twelve_lead`.
            Some("RA") => (0, 0b10),
            Some("LA") => (0b10, 0),
            Some("LL") => (0b100, 0),
            Some(name) => match channel(name).filter(|_| name.starts_with('V')) {
                Some(channel) => (1 << channel, 0),
                None => {
                    return Err(format!("no electrode {name}; give RA, LA, LL or V1 to V6").into());
                }
            },
        };
        let rate = ecg.sampling_rate();
        Ok(Self { rows, rate, off })
    }
}

/// Nanovolts, the end faded over into the beginning.
fn looped(millivolts: &[f32], rate: f64) -> Vec<f64> {
    let fade = ((FADE * rate) as usize).min(millivolts.len() / 2);
    let length = millivolts.len() - fade;
    let nanovolts = |place: usize| f64::from(millivolts[place]) * 1e6;
    let sample = |place: usize| match place < fade {
        true => {
            let share = place as f64 / fade as f64;
            share * nanovolts(place) + (1.0 - share) * nanovolts(length + place)
        }
        false => nanovolts(place),
    };
    (0..length).map(sample).collect()
}

impl Signal for Electrodes {
    fn nanovolts(&mut self, channel: usize, moment: Moment) -> i64 {
        let Some(row) = self.rows.get(channel) else {
            return 0;
        };
        let place = moment.nanoseconds as f64 * 1e-9 * self.rate;
        let share = place.fract();
        let at = |place: usize| row[place % row.len()];
        let place = place as usize;
        ((1.0 - share) * at(place) + share * at(place + 1)) as i64
    }

    fn impedance(&self, channel: usize, side: Side, _: Moment) -> Impedance {
        let bits = match side {
            Side::Positive => self.off.0,
            Side::Negative => self.off.1,
        };
        match bits & (1 << channel) {
            0 => Impedance::Ohms(0),
            _ => Impedance::Open,
        }
    }
}
