//! Changes of the front end, its recovery, the self-test.

use super::Core;
use super::commands::Asked;
use crate::acquisition::front_end::{ApplyError, Input, Settings};
use crate::acquisition::sampler::{Applied, Change, Item};
use crate::acquisition::square_wave::SquareWave;
use crate::wire::{Happening, Outcome, Status};

/// Without an instant for so long, or for sixteen periods if that is longer, the front end is taken
/// to have stopped.
const STOPPED_MILLISECONDS: u32 = 250;
const STOPPED_PERIODS: u64 = 16;

/// A front end that does not answer is tried again so often.
const RECOVERY_MILLISECONDS: u32 = 1000;

/// A change that the front end needs.
#[derive(Debug)]
pub(super) struct Wanted {
    settings: Settings,
    origin: Origin,
    handed_out: bool,
}

/// Who wants it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    /// The start of the firmware.
    Start,
    /// A command.
    Command { asked: Asked, self_test: bool },
    /// The end of a self-test.
    SelfTestEnd,
    /// A front end that stopped or did not take its settings.
    Recovery,
}

impl Wanted {
    pub(super) fn new(settings: Settings, origin: Origin) -> Self {
        Self {
            settings,
            origin,
            handed_out: false,
        }
    }

    pub(super) fn at_start(settings: Settings) -> Self {
        Self::new(settings, Origin::Start)
    }
}

impl<const LINK: usize> Core<LINK> {
    /// The change that is wanted, once.
    pub(super) fn change(&mut self) -> Option<Change> {
        let configuration = match &self.wanted {
            Some(wanted) if wanted.handed_out => return None,
            Some(wanted) if self.changes_hello(&wanted.settings) => {
                self.configuration.wrapping_add(1)
            }
            Some(_) => self.configuration,
            None => return None,
        };
        let wanted = self.wanted.as_mut()?;
        wanted.handed_out = true;
        Some(Change {
            settings: wanted.settings.clone(),
            configuration,
            power_up: !self.front_end_is_set || matches!(wanted.origin, Origin::Recovery),
            // While the front end was to sample and did not, instants were lost.
            new_timeline: !(self.front_end_was_set && matches!(wanted.origin, Origin::Recovery)),
            ticks: self.now,
        })
    }

    fn changes_hello(&self, settings: &Settings) -> bool {
        self.front_end_was_set
            && (settings.rate_millihertz != self.settings.rate_millihertz
                || settings.gains != self.settings.gains
                || settings.sensed() != self.settings.sensed())
    }

    /// Hears what became of the change handed out.
    pub(super) fn applied(&mut self, applied: Applied) {
        let Some(wanted) = self.wanted.take() else {
            return;
        };
        self.close();
        match applied.result {
            Ok(()) => self.adopt(wanted, applied.next_instant),
            Err(error) => self.stay(&wanted, error),
        }
    }

    /// The front end holds the new settings.
    fn adopt(&mut self, wanted: Wanted, next_instant: u32) {
        let Wanted {
            settings, origin, ..
        } = wanted;
        if self.changes_hello(&settings) {
            self.configuration = self.configuration.wrapping_add(1);
            self.hello_is_due = true;
        }
        self.settings = settings;
        self.front_end_is_set = true;
        self.front_end_was_set = true;
        self.state_is_due = true;
        self.last_seen = self.now;
        self.send_hello();
        match origin {
            Origin::Start => {}
            Origin::SelfTestEnd => self.square_wave = None,
            Origin::Recovery => self.happened(next_instant, Happening::FrontEndReset),
            Origin::Command { asked, self_test } => {
                if self_test {
                    self.square_wave = Some(SquareWave::new(self.profile.test_signal));
                    self.self_test_since = self.now;
                }
                let command = asked.command;
                self.happened(next_instant, Happening::CommandApplied { command });
                self.acknowledge(asked, Outcome::Done);
            }
        }
    }

    /// The front end holds the old settings, or no one knows which.
    fn stay(&mut self, wanted: &Wanted, error: ApplyError) {
        if error != ApplyError::Impossible {
            self.front_end_is_set = false;
            self.last_recovery = self.now;
            self.state_is_due = true;
        }
        match wanted.origin {
            Origin::Command { asked, .. } => {
                let outcome = match error {
                    ApplyError::Impossible => Outcome::Impossible,
                    ApplyError::Spi => Outcome::SpiError,
                    ApplyError::NotVerified => Outcome::NotVerified,
                };
                self.acknowledge(asked, outcome);
            }
            Origin::SelfTestEnd => {
                // The recovery brings the electrodes back.
                self.settings = wanted.settings.clone();
                self.square_wave = None;
            }
            Origin::Start | Origin::Recovery => {}
        }
    }

    /// Looks after a front end that is silent, and after the self-test.
    pub(super) fn watch(&mut self) {
        self.end_self_test_in_time();
        if self.wanted.is_some() {
            return;
        }
        let timebase = self.profile.timebase;
        let since_recovery = self.now.saturating_sub(self.last_recovery);
        let recovery_is_due =
            since_recovery >= timebase.ticks_of_milliseconds(RECOVERY_MILLISECONDS);
        if !self.front_end_is_set {
            if recovery_is_due {
                self.recover();
            }
            return;
        }
        if !self.settings.running {
            return;
        }
        let silent = self.now.saturating_sub(self.last_seen);
        let periods = timebase.ticks_256_per_sample(self.settings.rate_millihertz) / 256;
        let longest = timebase
            .ticks_of_milliseconds(STOPPED_MILLISECONDS)
            .max(STOPPED_PERIODS * periods);
        if silent >= longest && recovery_is_due {
            let milliseconds = timebase.microseconds(silent) / 1000;
            let milliseconds = u32::try_from(milliseconds).unwrap_or(u32::MAX);
            self.happened(
                self.next_instant,
                Happening::DataReadyStopped { milliseconds },
            );
            self.recover();
        }
    }

    /// Asks for the settings that should be in force once more.
    fn recover(&mut self) {
        self.last_recovery = self.now;
        self.wanted = Some(Wanted::new(self.settings.clone(), Origin::Recovery));
    }

    /// Gives an instant to the self-test under way.
    pub(super) fn measure_square_wave(&mut self, item: &Item, codes: &[i32]) {
        let timebase = self.profile.timebase;
        if item.status == Status::TEST_SIGNAL
            && let Some(square_wave) = &mut self.square_wave
            && self.wanted.is_none()
            && square_wave.push(item.number, item.ticks, codes, timebase)
        {
            self.end_self_test(true);
        }
    }

    fn end_self_test_in_time(&mut self) {
        let timebase = self.profile.timebase;
        let passed = timebase.microseconds(self.now.saturating_sub(self.self_test_since));
        let late = self
            .square_wave
            .as_ref()
            .is_some_and(|square_wave| passed >= square_wave.longest_microseconds());
        if late && self.wanted.is_none() {
            self.end_self_test(false);
        }
    }

    /// Judges, and asks for the electrodes again.
    fn end_self_test(&mut self, complete: bool) {
        let Some(square_wave) = &self.square_wave else {
            return;
        };
        self.result = Some(square_wave.judge(
            complete,
            &self.settings.gains,
            self.profile.reference_microvolts,
            self.profile.timebase,
        ));
        let mut settings = self.settings.clone();
        settings.input = Input::Electrodes;
        settings.running = self.running_before;
        self.wanted = Some(Wanted::new(settings, Origin::SelfTestEnd));
    }
}
