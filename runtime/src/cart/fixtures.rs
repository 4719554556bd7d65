//! A device for the tests of these modules: it sends what it is told to, and its samples are known.

pub(super) use ecg2mri_shim::ads129x::TWELVE_LEAD_CHANNELS as LEADS;
use ecg2mri_shim::wire::{
    Body, Channel, DeviceKind, FirmwareVersion, Frame, Header, Hello, LeadOff, MAX_ENCODED_LEN,
    SampleBlock, Samples, Status, encode_frame,
};

/// Sends frames of one session, one after the other.
pub(super) struct Device {
    pub(super) hello: Hello,
    pub(super) session: u16,
    pub(super) sequence: u32,
    pub(super) next_sample: u32,
    pub(super) status: Status,
    pub(super) lead_off: LeadOff,
}

impl Device {
    /// A device that has just started, with eight leads at 500 Hz.
    pub(super) fn new(session: u16) -> Self {
        let channels = LEADS.map(|lead| Channel {
            gain: 6,
            lead: Some(lead),
        });
        let hello = Hello {
            configuration: 0,
            device: DeviceKind::Simulator,
            firmware: FirmwareVersion {
                major: 1,
                minor: 2,
                patch: 3,
            },
            sampling_rate_millihertz: 500_000,
            reference_microvolts: 2_400_000,
            lead_off_sensed: LeadOff {
                positive: 0xFF,
                negative: 0b110,
            },
            channels: channels.into_iter().collect(),
        };
        Self {
            hello,
            session,
            sequence: 0,
            next_sample: 0,
            status: Status::NONE,
            lead_off: LeadOff::NONE,
        }
    }

    /// The code of a sampling instant and a channel: a sawtooth of its own for each.
    pub(super) fn code(sample: u32, channel: usize) -> i32 {
        (sample.wrapping_mul(37).wrapping_add(1_000 * channel as u32) % 20_011) as i32 - 10_000
    }

    /// The bytes of a frame of `body`, made `microseconds` after the session began.
    pub(super) fn frame(&mut self, body: Body, microseconds: u64) -> Vec<u8> {
        let frame = Frame {
            header: Header {
                session: self.session,
                sequence: self.sequence,
                timestamp_microseconds: microseconds,
            },
            body,
        };
        self.sequence = self.sequence.wrapping_add(1);
        let mut bytes = vec![0; MAX_ENCODED_LEN];
        let length = encode_frame(&frame, &mut bytes).expect("a frame");
        bytes.truncate(length);
        bytes
    }

    /// The next hello.
    pub(super) fn hello(&mut self) -> Vec<u8> {
        let microseconds = self.microseconds();
        self.frame(Body::Hello(self.hello.clone()), microseconds)
    }

    /// The next samples, so many instants.
    pub(super) fn samples(&mut self, count: u32) -> Vec<u8> {
        let codes = |sample: u32, channel: usize| Self::code(sample, channel);
        self.samples_of(count, codes)
    }

    /// The next samples, their codes by sampling instant and channel as `codes` gives them.
    pub(super) fn samples_of(&mut self, count: u32, codes: impl Fn(u32, usize) -> i32) -> Vec<u8> {
        let channels = self.hello.channels.len();
        let mut block = SampleBlock::new(channels as u8).expect("channels");
        let microseconds = self.microseconds();
        let first_sample = self.next_sample;
        for _ in 0..count {
            let row: Vec<i32> = (0..channels)
                .map(|channel| codes(self.next_sample, channel))
                .collect();
            block.push(&row).expect("codes");
            self.next_sample = self.next_sample.wrapping_add(1);
        }
        let samples = Samples {
            first_sample,
            configuration: self.hello.configuration,
            status: self.status,
            lead_off: self.lead_off,
            block,
        };
        self.frame(Body::Samples(samples), microseconds)
    }

    /// Microseconds since the session began, by the samples taken.
    fn microseconds(&self) -> u64 {
        u64::from(self.next_sample) * 1_000_000_000 / u64::from(self.hello.sampling_rate_millihertz)
    }
}
