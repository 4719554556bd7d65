//! A front end in simulated time, and a board around the device.
//!
//! Every conversion has a number of its own, which its codes spell out, so that a delivered sample
//! tells which conversion it is, whatever number the device gave it.

use crate::host::Host;
use ecg2mri_shim::acquisition::{
    ApplyError, Counter, Device, FrontEnd, Input, Item, Profile, ReadError, Reading, Sampler,
    Settings, TestSignal, Timebase,
};
use ecg2mri_shim::ads129x::TWELVE_LEAD_CHANNELS;
use ecg2mri_shim::wire::{
    DeviceKind, FirmwareVersion, Hello, LeadOff, LeadOffMode, LeadOffSettings,
};
use heapless::spsc::Queue;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Ticks per second of the counter.
pub const HERTZ: u32 = 1_000_000;

/// At least so far apart are the numbers of conversions between which there was a change.
pub const APART: u64 = 1000;

/// Instants the queue holds, less one.
pub const QUEUE: usize = 16;

/// Bytes the device keeps for the link.
pub const LINK: usize = 2048;

/// The square wave, on each channel.
pub const TEST_SIGNAL: TestSignal = TestSignal {
    step_microvolts: 2000,
    period_microseconds: 512_000,
};

/// What the next read meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    #[default]
    None,
    Spi,
    BadSync,
}

/// What the front end and the counter share.
#[derive(Debug, Default)]
pub struct World {
    pub now: Cell<u64>,
    /// Ticks between conversions, times 1000: the front end's clock is not the counter's.
    pub period: Cell<u64>,
    /// When the conversions under way began, and the number of the first of them.
    begun: Cell<Option<(u64, u64)>>,
    /// The last conversion before them.
    last: Cell<u64>,
    pub settings: RefCell<Option<Settings>>,
    pub read_fault: Cell<Fault>,
    /// Ticks that one transfer takes.
    pub transfer: Cell<u64>,
    /// What every change meets.
    pub apply_fault: Cell<Option<ApplyError>>,
    pub lead_off: Cell<LeadOff>,
    pub gpio: Cell<u8>,
    /// Part of the square wave that channel 3 shows, in percent.
    pub channel_3: Cell<i32>,
    /// Part of the square wave's period that there is, in percent.
    pub square_wave: Cell<u64>,
    pub power_ups: Cell<u32>,
}

/// The counter.
pub struct Ticks(Rc<World>);

impl Counter for Ticks {
    fn count(&self) -> u32 {
        self.0.now.get() as u32
    }
}

impl World {
    fn place(&self, conversion: u64) -> u64 {
        let (begin, first) = self.begun.get().expect("conversions run");
        begin + (conversion + 4 - first) * self.period.get() / 1000
    }

    /// The last conversion that has ended, if there is one.
    fn last_conversion(&self) -> Option<u64> {
        let (begin, first) = self.begun.get()?;
        let periods = (self.now.get() - begin) * 1000 / self.period.get();
        let mut last = (first + periods).checked_sub(4)?;
        // Places are rounded down, so the quotient may be one short.
        if self.place(last + 1) <= self.now.get() {
            last += 1;
        }
        (last >= first).then_some(last)
    }

    /// When the next conversion after now ends.
    pub fn next_edge(&self) -> Option<u64> {
        let (_, first) = self.begun.get()?;
        let next = self.last_conversion().map_or(first, |last| last + 1);
        Some(self.place(next))
    }

    pub fn advance(&self, ticks: u64) {
        self.now.set(self.now.get() + ticks);
    }

    /// Conversions end.
    fn stop(&self) {
        if let Some(last) = self.last_conversion() {
            self.last.set(last);
        }
        self.begun.set(None);
    }

    /// The chip resets itself and does nothing.
    pub fn brown_out(&self) {
        self.stop();
        *self.settings.borrow_mut() = None;
    }

    fn square_wave(&self, channel: usize, gain: u8, ticks: u64) -> i32 {
        let period = u64::from(TEST_SIGNAL.period_microseconds) * self.square_wave.get() / 100;
        let upper = ticks % period < period / 2;
        let percent = if channel == 3 {
            self.channel_3.get()
        } else {
            100
        };
        let step = f64::from(TEST_SIGNAL.step_microvolts) * f64::from(percent) / 100.0;
        let lsb = 2.4e6 / f64::from(gain) / f64::from((1 << 23) - 1);
        let noise = (ticks / 7 % 5) as i32 - 2;
        let level = if upper { step / 2.0 } else { -step / 2.0 };
        (level / lsb) as i32 + 300 * channel as i32 + noise
    }

    /// What a conversion gives: under way from place to place, so that mixing two shows.
    fn codes(&self, conversion: u64) -> [i32; 8] {
        let settings = self.settings.borrow();
        let settings = settings.as_ref().expect("conversions run");
        let place = self.place(conversion);
        core::array::from_fn(|channel| {
            let gain = settings.gains.get(channel).copied().unwrap_or(0);
            match (settings.input, channel) {
                _ if gain == 0 => 0,
                (Input::TestSignal, _) => self.square_wave(channel, gain, place),
                // The last channel names the settings, the others the conversion.
                (Input::Electrodes, 7) => signature(settings),
                (Input::Electrodes, _) => spelled(conversion, channel),
            }
        })
    }
}

/// The code of a conversion in a channel.
fn spelled(conversion: u64, channel: usize) -> i32 {
    let mixed = conversion * 8 + channel as u64;
    if channel.is_multiple_of(2) {
        mixed as i32
    } else {
        -(mixed as i32)
    }
}

/// The conversion that codes are, after all was checked that they say.
fn read_fake(hello: &Hello, codes: &[i32]) -> u64 {
    let gains = (hello.channels[0].gain, hello.channels[1].gain);
    let signature = signature_of(hello.sampling_rate_millihertz, gains.0, gains.1);
    assert_eq!(codes[7], signature, "configuration");
    conversion_of(codes).expect("one conversion, whole")
}

/// The conversion that such codes spell, if they spell one.
fn conversion_of(codes: &[i32]) -> Option<u64> {
    let conversion = u64::try_from(codes[0] / 8).ok()?;
    (0..7)
        .all(|channel| codes[channel] == spelled(conversion, channel))
        .then_some(conversion)
}

/// A code that names rate and gain, so that a sample under a wrong configuration shows.
fn signature(settings: &Settings) -> i32 {
    signature_of(
        settings.rate_millihertz,
        settings.gains[0],
        settings.gains[1],
    )
}

fn signature_of(rate_millihertz: u32, first_gain: u8, second_gain: u8) -> i32 {
    (rate_millihertz / 1000 * 400) as i32 + i32::from(first_gain) * 20 + i32::from(second_gain)
}

/// The front end.
#[derive(Debug)]
pub struct Fake(pub Rc<World>);

impl FrontEnd for Fake {
    fn read(&mut self) -> Result<Reading, ReadError> {
        let world = &self.0;
        let before = world.last_conversion();
        world.advance(world.transfer.get());
        let after = world.last_conversion();
        match world.read_fault.take() {
            Fault::None => {}
            Fault::Spi => return Err(ReadError::Spi),
            Fault::BadSync => return Err(ReadError::BadSync),
        }
        let (Some(before), Some(after)) = (before, after) else {
            return Err(ReadError::NotReady);
        };
        let mut codes = world.codes(before);
        if after != before {
            // Two conversions in one transfer.
            codes[4..].copy_from_slice(&world.codes(after)[4..]);
        }
        Ok(Reading {
            codes,
            lead_off: world.lead_off.get(),
            gpio: world.gpio.get(),
        })
    }

    fn power_up(&mut self) -> Result<(), ApplyError> {
        self.0.power_ups.set(self.0.power_ups.get() + 1);
        self.0.advance(140_000);
        Ok(())
    }

    fn apply(&mut self, settings: &Settings) -> Result<u16, ApplyError> {
        let world = &self.0;
        let rates = [250_000, 500_000, 1_000_000, 2_000_000];
        let gains = [0, 1, 2, 3, 4, 6, 8, 12];
        let possible = rates.contains(&settings.rate_millihertz)
            && settings.gains.iter().all(|gain| gains.contains(gain))
            && !matches!(settings.lead_off.mode, LeadOffMode::Other(_));
        if !possible {
            return Err(ApplyError::Impossible);
        }
        world.stop();
        world.advance(500);
        if let Some(error) = world.apply_fault.get() {
            return Err(error);
        }
        // A percent slow.
        let per_second = u64::from(settings.rate_millihertz) / 1000;
        world.period.set(1_010_000_000 / per_second);
        *world.settings.borrow_mut() = Some(settings.clone());
        if settings.running {
            // Conversions under other settings have numbers far from those before.
            let first = world.last.get() + APART;
            world.begun.set(Some((world.now.get(), first)));
        }
        Ok(3)
    }
}

/// What happens around one conversion.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The interrupt comes not at all.
    pub missed: bool,
    /// Or so many ticks late.
    pub late: u64,
    pub fault: Fault,
    /// Whether the main loop takes a turn afterwards.
    pub turn: bool,
    /// Bytes that the link then takes at most.
    pub take: usize,
}

impl Plan {
    pub const SMOOTH: Self = Self {
        missed: false,
        late: 5,
        fault: Fault::None,
        turn: true,
        take: usize::MAX,
    };
}

/// A board: interrupt, main loop and link, with a host at the other end.
pub struct Board<'queue> {
    pub world: Rc<World>,
    pub sampler: Sampler<'queue, Fake, Ticks>,
    pub device: Device<'queue, LINK>,
    pub host: Host,
    served: u64,
}

pub type ItemQueue = Queue<Item, QUEUE>;

impl<'queue> Board<'queue> {
    pub fn new(queue: &'queue mut ItemQueue, settings: Settings) -> Self {
        let world = Rc::new(World::default());
        // The counter wraps soon.
        world.now.set(u64::from(u32::MAX) - 3_000_000);
        world.period.set(1);
        world.transfer.set(60);
        world.channel_3.set(100);
        world.square_wave.set(100);
        let (producer, consumer) = queue.split();
        let timebase = Timebase::new(HERTZ);
        let sampler = Sampler::new(
            Fake(world.clone()),
            Ticks(world.clone()),
            timebase,
            producer,
        );
        let device = Device::new(profile(timebase), settings, consumer);
        let mut board = Self {
            world,
            sampler,
            device,
            host: Host::new(read_fake, APART),
            served: 0,
        };
        board.turn(usize::MAX);
        board
    }

    /// One turn of the main loop.
    pub fn turn(&mut self, take: usize) {
        let now = self.world.now.get();
        self.device.turn(&mut self.sampler, now);
        let bytes = self.device.outgoing();
        let taken = take.min(bytes.len());
        self.host.receive(&bytes[..taken]);
        self.device.sent(taken);
    }

    /// One conversion, or two milliseconds where none run.
    pub fn convert(&mut self, plan: &Plan) {
        let world = self.world.clone();
        let last = world.last_conversion().map(|last| world.place(last));
        let pending = last.is_some_and(|place| place > self.served);
        match world.next_edge() {
            Some(edge) if !pending => world.now.set(edge),
            Some(_) => {}
            None => world.advance(2000),
        }
        world.advance(plan.late);
        if let Some(conversion) = world.last_conversion() {
            self.served = world.place(conversion);
            if !plan.missed {
                world.read_fault.set(plan.fault);
                self.sampler.on_data_ready();
                world.read_fault.take();
            }
        }
        if plan.turn {
            self.turn(plan.take);
        }
    }

    /// Conversions without a fault.
    pub fn smooth(&mut self, conversions: usize) {
        for _ in 0..conversions {
            self.convert(&Plan::SMOOTH);
        }
    }

    /// Lets the device send all it has, the state last.
    pub fn settle(&mut self) {
        self.smooth(60);
        self.command(ecg2mri_shim::wire::Command::Stop);
        self.turn(usize::MAX);
        // A hello and a state are due after a second.
        self.world.advance(1_100_000);
        self.turn(usize::MAX);
        self.turn(usize::MAX);
    }

    /// The host sends a command, which arrives at once; returns its number.
    pub fn command(&mut self, command: ecg2mri_shim::wire::Command) -> u32 {
        let (sequence, bytes) = self.host.command(command);
        self.device.receive(&bytes, self.world.now.get());
        sequence
    }
}

pub fn profile(timebase: Timebase) -> Profile {
    Profile {
        session: 77,
        kind: DeviceKind::Simulator,
        firmware: FirmwareVersion {
            major: 1,
            minor: 0,
            patch: 0,
        },
        reference_microvolts: 2_400_000,
        leads: TWELVE_LEAD_CHANNELS.map(Some),
        test_signal: TEST_SIGNAL,
        samples_per_frame: 10,
        timebase,
    }
}

pub fn settings(running: bool) -> Settings {
    Settings {
        running,
        rate_millihertz: 500_000,
        gains: [6; 8].into_iter().collect(),
        lead_off: LeadOffSettings {
            mode: LeadOffMode::DirectCurrent,
            current_nanoamperes: 6,
            threshold_half_percent: 190,
            sensed: LeadOff {
                positive: 0xFF,
                negative: 0x02,
            },
        },
        input: Input::Electrodes,
    }
}
