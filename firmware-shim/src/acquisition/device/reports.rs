//! Hello, state, self-test result and acknowledgements, as there is room.

use super::Core;
use crate::wire::{Activity, Body, Channel, Hello, LeadOff, State};

/// A hello goes out so often, so that a host that joins late soon understands the samples.
const HELLO_MILLISECONDS: u32 = 1000;

impl<const LINK: usize> Core<LINK> {
    /// Sends what is due. What finds no room waits for the next time.
    pub(super) fn report(&mut self) {
        self.send_overdue();
        let interval = self
            .profile
            .timebase
            .ticks_of_milliseconds(HELLO_MILLISECONDS);
        if self
            .last_hello
            .is_none_or(|last| self.now.saturating_sub(last) >= interval)
        {
            self.hello_is_due = true;
        }
        self.send_hello();
        // Nothing may go before the first hello of a session.
        if self.last_hello.is_none() {
            return;
        }
        if self.state_is_due && self.send_now(Body::State(self.state())) {
            self.state_is_due = false;
        }
        if let Some(result) = self.result.take()
            && !self.send_now(Body::SelfTest(result.clone()))
        {
            self.result = Some(result);
        }
        while let Some(&acknowledgement) = self.acknowledgements.front() {
            if !self.send_now(Body::Acknowledgement(acknowledgement)) {
                break;
            }
            self.acknowledgements.pop_front();
        }
    }

    /// Sends a hello if one is due.
    pub(super) fn send_hello(&mut self) {
        if self.hello_is_due && self.send_now(Body::Hello(self.hello())) {
            self.hello_is_due = false;
            self.state_is_due = true;
            self.last_hello = Some(self.now);
        }
    }

    /// What the samples mean.
    pub(super) fn hello(&self) -> Hello {
        let gains = self.settings.gains.iter();
        Hello {
            configuration: self.configuration,
            device: self.profile.kind,
            firmware: self.profile.firmware,
            sampling_rate_millihertz: self.settings.rate_millihertz,
            reference_microvolts: self.profile.reference_microvolts,
            lead_off_sensed: self.settings.sensed(),
            channels: gains
                .zip(self.profile.leads)
                .map(|(&gain, lead)| Channel { gain, lead })
                .collect(),
        }
    }

    fn state(&self) -> State {
        let LeadOff { positive, negative } = self.debounce.off();
        let sensed = self.settings.sensed();
        State {
            activity: self.activity(),
            lead_off: self.settings.lead_off,
            electrodes_off: LeadOff {
                positive: positive & sensed.positive,
                negative: negative & sensed.negative,
            },
            next_instant: self.first_unsent(),
            counts: self.counts,
        }
    }

    fn activity(&self) -> Activity {
        match (
            &self.square_wave,
            self.settings.running && self.front_end_is_set,
        ) {
            (Some(_), _) => Activity::SelfTest,
            (None, true) => Activity::Sampling,
            (None, false) => Activity::Stopped,
        }
    }
}
