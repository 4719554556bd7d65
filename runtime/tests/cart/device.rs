//! A device that plays a sample recording, frame by frame.

use std::path::Path;

use ecg2mri::Ecg;
use ecg2mri::formats;
use ecg2mri_shim::wire::{
    Body, Channel, DeviceKind, FirmwareVersion, Frame, Header, Hello, Lead, LeadOff,
    MAX_ENCODED_LEN, SampleBlock, Samples, Status, encode_frame, microvolts_per_code,
};

/// The channels, in an order of their own.
const LEADS: [(Lead, ecg2mri::ecg::Lead); 8] = [
    (Lead::V6, ecg2mri::ecg::Lead::V6),
    (Lead::I, ecg2mri::ecg::Lead::I),
    (Lead::II, ecg2mri::ecg::Lead::II),
    (Lead::V2, ecg2mri::ecg::Lead::V2),
    (Lead::V3, ecg2mri::ecg::Lead::V3),
    (Lead::V4, ecg2mri::ecg::Lead::V4),
    (Lead::V5, ecg2mri::ecg::Lead::V5),
    (Lead::V1, ecg2mri::ecg::Lead::V1),
];

const REFERENCE_MICROVOLTS: u32 = 2_400_000;
const GAIN: u8 = 6;
/// Sampling instants in a frame.
const INSTANTS: usize = 10;

/// A device that plays ten seconds again and again.
pub struct Device {
    ecg: Ecg,
    session: u16,
    sequence: u32,
    pub position: u32,
    pub lead_off: LeadOff,
    pub status: Status,
}

impl Device {
    /// A device in its first session.
    pub fn new() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/samples/normal-woman.hea");
        Self {
            ecg: formats::read(&path).expect("a sample recording"),
            session: 1,
            sequence: 0,
            position: 0,
            lead_off: LeadOff::NONE,
            status: Status::NONE,
        }
    }

    /// The code of a sampling instant and a channel.
    pub fn code(&self, position: u32, channel: usize) -> i32 {
        let row = self.ecg.lead(LEADS[channel].1).expect("twelve leads");
        let microvolts = f64::from(row[position as usize % row.len()]) * 1000.0;
        let step = microvolts_per_code(REFERENCE_MICROVOLTS, GAIN).expect("not 0");
        (microvolts / step).round() as i32
    }

    /// A frame of whatever it says.
    pub fn frame(&mut self, body: Body) -> Vec<u8> {
        let frame = Frame {
            header: Header {
                session: self.session,
                sequence: self.sequence,
                timestamp_microseconds: u64::from(self.position) * 2000,
            },
            body,
        };
        self.sequence += 1;
        let mut bytes = vec![0; MAX_ENCODED_LEN];
        let length = encode_frame(&frame, &mut bytes).expect("a frame");
        bytes.truncate(length);
        bytes
    }

    /// A hello.
    pub fn hello(&mut self) -> Vec<u8> {
        let channels = LEADS.map(|(lead, _)| Channel {
            gain: GAIN,
            lead: Some(lead),
        });
        self.frame(Body::Hello(Hello {
            configuration: 0,
            device: DeviceKind::Ads1298,
            firmware: FirmwareVersion {
                major: 1,
                minor: 0,
                patch: 0,
            },
            sampling_rate_millihertz: 500_000,
            reference_microvolts: REFERENCE_MICROVOLTS,
            lead_off_sensed: LeadOff {
                positive: 0xFF,
                negative: 0b10,
            },
            channels: channels.into_iter().collect(),
        }))
    }

    /// The next frame of samples.
    pub fn samples(&mut self) -> Vec<u8> {
        let mut block = SampleBlock::new(8).expect("eight channels");
        let first_sample = self.position;
        for position in first_sample..first_sample + INSTANTS as u32 {
            let row: [i32; 8] = std::array::from_fn(|channel| self.code(position, channel));
            block.push(&row).expect("24 bits");
        }
        let body = Body::Samples(Samples {
            first_sample,
            configuration: 0,
            status: self.status,
            lead_off: self.lead_off,
            block,
        });
        let bytes = self.frame(body);
        self.position += INSTANTS as u32;
        bytes
    }

    /// So many seconds, a hello before each.
    pub fn seconds(&mut self, seconds: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..seconds {
            bytes.extend(self.hello());
            for _ in 0..500 / INSTANTS {
                bytes.extend(self.samples());
            }
        }
        bytes
    }
}
