//! Whose models a command loads, as its options say.

use clap::Args;
use ecg2mri::model::Trust;

use super::failure::Failure;

/// The options of every command that loads a model.
#[derive(Debug, Args)]
pub struct TrustArguments {
    /// Load the model only if it is signed with this key of minisign: its 56 letters, or a file that holds them
    #[arg(long, value_name = "KEY|FILE")]
    public_key: Option<String>,
}

impl TrustArguments {
    /// Whom to trust: the key that is given, else the one that was compiled in, else anybody.
    pub fn trust(&self) -> Result<Trust, Failure> {
        let trust = match &self.public_key {
            Some(given) => Trust::in_key(given),
            None => Trust::compiled_in(),
        };
        trust.map_err(Failure::failed)
    }
}
