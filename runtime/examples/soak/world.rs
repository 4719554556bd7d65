//! A device whose every sample is known, and a bad link to it, in simulated time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ecg2mri::cart::source::{ByteSource, Received, SourceError};
use ecg2mri_shim::ads129x::TWELVE_LEAD_CHANNELS;
use ecg2mri_shim::wire::{
    Body, Channel, DeviceKind, FirmwareVersion, Frame, Header, Hello, LeadOff, MAX_ENCODED_LEN,
    SampleBlock, Samples, Status, encode_frame,
};

use super::plan::Plan;

/// The code that was sampled: it differs from instant to instant, from channel to channel and from session to session.
pub fn code(session: u16, position: u64, channel: usize) -> i32 {
    let mixed = (position << 12) ^ (u64::from(session) << 3) ^ channel as u64;
    // The upper 24 bits of a product that mixes all of them.
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as i32 - (1 << 23)
}

/// Numbers that are as good as random: splitmix64.
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1, never 0.
    pub fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}

/// What the device did, for the account at the end.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Bytes put on the link, and not.
    pub bytes: u64,
    /// Bytes changed, dropped, put in or sent twice.
    pub bytes_hit: u64,
    /// Frames made.
    pub frames: u64,
    /// Sampling instants by session, in order.
    pub instants: Vec<(u16, u64)>,
    /// Times that the plug was pulled.
    pub unplugged: u64,
}

/// Device and link.
#[derive(Debug)]
pub struct World {
    plan: Plan,
    random: Random,
    /// Seconds of simulated time.
    seconds: f64,
    session: u16,
    sequence: u32,
    position: u64,
    next_hello: f64,
    next_unplug: f64,
    /// Bytes until the next that is hit.
    until_hit: f64,
    /// Bytes on the link that were not read yet.
    on_the_way: Vec<u8>,
    plugged: bool,
    sent: Sent,
}

impl World {
    /// At the beginning.
    pub fn new(plan: &Plan) -> Self {
        let mut world = Self {
            random: Random(plan.seed),
            seconds: 0.0,
            session: 1,
            sequence: 0,
            position: 0,
            next_hello: 0.0,
            next_unplug: plan.unplug_every_seconds,
            until_hit: 0.0,
            on_the_way: Vec::new(),
            plugged: true,
            sent: Sent {
                instants: vec![(1, 0)],
                ..Sent::default()
            },
            plan: plan.clone(),
        };
        world.until_hit = world.distance();
        world
    }

    /// Seconds of simulated time since the beginning.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// What the device did so far.
    pub fn sent(&self) -> &Sent {
        &self.sent
    }

    /// Makes the next frame, and puts it on the link if it is plugged in.
    fn step(&mut self, is_damaged: bool) {
        let body = if self.seconds >= self.next_hello {
            self.next_hello = self.seconds + 1.0;
            Body::Hello(hello(&self.plan))
        } else {
            self.samples()
        };
        let device_seconds = self.seconds * (1.0 + self.plan.drift_ppm * 1e-6);
        let frame = Frame {
            header: Header {
                session: self.session,
                sequence: self.sequence,
                timestamp_microseconds: (device_seconds * 1e6) as u64,
            },
            body,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.sent.frames += 1;
        let mut bytes = [0; MAX_ENCODED_LEN];
        let length = encode_frame(&frame, &mut bytes).expect("a frame");
        self.sent.bytes += length as u64;
        if let Body::Samples(samples) = &frame.body {
            self.seconds += samples.block.sample_count() as f64 / self.plan.rate_hz;
        }
        if self.plugged {
            self.carry(&bytes[..length], is_damaged);
        }
    }

    fn samples(&mut self) -> Body {
        let mut block = SampleBlock::new(8).expect("eight channels");
        let first_sample = self.position as u32;
        for _ in 0..self.plan.samples_per_frame {
            let row: [i32; 8] =
                std::array::from_fn(|channel| code(self.session, self.position, channel));
            block.push(&row).expect("24 bits");
            self.position += 1;
        }
        if let Some((_, instants)) = self.sent.instants.last_mut() {
            *instants = self.position;
        }
        Body::Samples(Samples {
            first_sample,
            configuration: 0,
            status: Status::NONE,
            lead_off: LeadOff::NONE,
            block,
        })
    }

    /// Carries bytes over the link, and hits some of them: most are changed, some lost, put in or doubled.
    fn carry(&mut self, bytes: &[u8], is_damaged: bool) {
        for &byte in bytes {
            self.until_hit -= 1.0;
            if self.until_hit > 0.0 || !is_damaged {
                self.on_the_way.push(byte);
                continue;
            }
            self.until_hit += self.distance();
            self.sent.bytes_hit += 1;
            let other = byte ^ (1 + (self.random.next() % 255) as u8);
            match self.random.next() % 10 {
                0 => {}
                1 => self.on_the_way.extend([byte, byte]),
                2 => self.on_the_way.extend([other, byte]),
                _ => self.on_the_way.push(other),
            }
        }
    }

    /// Bytes to the next that is hit, so that each is hit with the same probability.
    fn distance(&mut self) -> f64 {
        let probability = self.plan.corrupt_bytes;
        if probability <= 0.0 {
            return f64::INFINITY;
        }
        (self.random.uniform().ln() / (1.0 - probability).ln())
            .ceil()
            .max(1.0)
    }

    /// Pulls the plug: what is on the way is lost, and the device goes on, or loses its power.
    fn unplug(&mut self) {
        self.sent.unplugged += 1;
        self.next_unplug += self.plan.unplug_every_seconds;
        self.on_the_way.clear();
        self.plugged = false;
        let back = self.seconds + self.plan.unplugged_seconds;
        while self.seconds < back {
            self.step(false);
        }
        let restarts = self.plan.restart_each_unplugs;
        if restarts > 0 && self.sent.unplugged.is_multiple_of(restarts) {
            self.session = self.session.wrapping_add(1);
            (self.sequence, self.position) = (0, 0);
            self.next_hello = self.seconds;
            self.sent.instants.push((self.session, 0));
        } else {
            // Plugged in amid a frame.
            self.plugged = true;
            self.step(false);
            let half = self.on_the_way.len() / 2;
            self.on_the_way.drain(..half);
        }
        self.plugged = true;
    }

    /// The end: a hello and samples that arrive whole, so that all before them is accounted for.
    pub fn finish(&mut self) -> Vec<u8> {
        self.on_the_way.push(0);
        self.next_hello = self.seconds;
        self.step(false);
        self.step(false);
        std::mem::take(&mut self.on_the_way)
    }
}

/// One end of the link, until the plug is pulled.
pub struct Plug(pub Arc<Mutex<World>>);

/// The world, whoever else has come to grief over it.
pub fn locked(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ByteSource for Plug {
    fn read(&mut self, buffer: &mut [u8], _: Duration) -> Result<Received, SourceError> {
        let mut world = locked(&self.0);
        if world.seconds >= world.plan.seconds {
            return Ok(Received::Nothing);
        }
        if world.seconds >= world.next_unplug {
            world.unplug();
            let source = std::io::ErrorKind::NotConnected.into();
            let address = "the simulated link".into();
            return Err(SourceError::Lost { address, source });
        }
        while world.on_the_way.is_empty() {
            world.step(true);
        }
        let count = world.on_the_way.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(world.on_the_way.drain(..count)) {
            *place = byte;
        }
        Ok(Received::Bytes(count))
    }

    fn write(&mut self, _: &[u8]) -> Result<(), SourceError> {
        Ok(())
    }
}

fn hello(plan: &Plan) -> Hello {
    let channels = TWELVE_LEAD_CHANNELS.map(|lead| Channel {
        gain: 6,
        lead: Some(lead),
    });
    Hello {
        configuration: 0,
        device: DeviceKind::Simulator,
        firmware: FirmwareVersion {
            major: 0,
            minor: 1,
            patch: 0,
        },
        sampling_rate_millihertz: (plan.rate_hz * 1000.0) as u32,
        reference_microvolts: 2_400_000,
        lead_off_sensed: LeadOff {
            positive: 0xFF,
            negative: 0xFF,
        },
        channels: channels.into_iter().collect(),
    }
}
