//! What another program found in the same recordings.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::boundaries::Found;

/// Places by database, record and lead.
#[derive(Deserialize)]
pub struct OtherProgram(BTreeMap<String, BTreeMap<String, Places>>);

#[derive(Deserialize)]
struct Places {
    /// Beats in lead II, or in the first lead of a Holter recording.
    beats: Vec<f64>,
    leads: BTreeMap<String, Found>,
}

impl OtherProgram {
    /// Reads its fiducials, as `tests/goldens/neurokit_fiducials.py` writes them.
    pub fn read(path: &Path) -> Result<OtherProgram, Box<dyn Error>> {
        let text =
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// The waves it found in one lead.
    pub fn lead(&self, database: &str, record: &str, lead: &str) -> Option<&Found> {
        self.0.get(database)?.get(record)?.leads.get(lead)
    }

    /// The beats it found.
    pub fn beats(&self, database: &str, record: &str) -> Option<&[f64]> {
        Some(&self.0.get(database)?.get(record)?.beats)
    }
}
