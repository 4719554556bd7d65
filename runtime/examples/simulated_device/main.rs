//! A device without hardware: any ECG that can be read, through a simulated ADS1298, the real driver and the real
//! acquisition, at a TCP port that `ecg2mri cart --tcp` listens to.
//!
//! ```text
//! cargo run --example simulated_device -- tests/samples/normal-woman.hea --listen 127.0.0.1:9000
//! cargo run -- cart --tcp 127.0.0.1:9000 --generate-every 10
//! ```
//!
//! It prints the address it listens at, which is how a program that asks for port 0 learns the port. Whoever connects
//! hears the device as if plugged in; meanwhile the device goes on.

mod electrodes;
mod link;

use std::error::Error;
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use ecg2mri::formats;
use ecg2mri_shim::acquisition::{
    Ads129xFrontEnd, Clock as DeviceClock, Counter, Device, Item, Sampler, Timebase,
};
use ecg2mri_shim::ads129x::{Ads129x, Clock, Configuration, TWELVE_LEAD_CHANNELS, Variant};
use ecg2mri_shim::simulator::{Chip, Simulator};
use ecg2mri_shim::wire::FirmwareVersion;
use heapless::spsc::Queue;

use electrodes::Electrodes;
use link::Link;

/// Ticks of the simulated microcontroller's counter in a second.
const TICKS: u32 = 1_000_000;
/// How far simulated time may run ahead of the time it stands for.
const AHEAD: Duration = Duration::from_millis(5);

/// Plays an ECG as a device would, at a TCP port
#[derive(Debug, Parser)]
struct Arguments {
    /// The recording, in any format that is read; it is played again and again
    ecg: PathBuf,
    /// Where to listen; port 0 takes any that is free
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: String,
    /// So many times as fast as time
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Sampling instants in a frame, 1 to 20
    #[arg(long, default_value_t = 10)]
    samples_per_frame: u8,
    /// Probability that a byte is changed on the way
    #[arg(long, default_value_t = 0.0)]
    corrupt_bytes: f64,
    /// Simulated seconds after which whoever is connected is cut off, again and again
    #[arg(long)]
    unplug_every: Option<f64>,
    /// The electrode that is off: RA, LA, LL, V1 to V6
    #[arg(long)]
    off: Option<String>,
    /// Number of the session
    #[arg(long, default_value_t = 1)]
    session: u16,
    /// Simulated seconds until the end; none means for ever
    #[arg(long)]
    seconds: Option<f64>,
}

/// The microcontroller's counter: the simulated chip's time in microseconds.
struct Ticks<'a, S>(&'a Simulator<Chip<S>>);

impl<S: ecg2mri_shim::simulator::Signal> Counter for Ticks<'_, S> {
    fn count(&self) -> u32 {
        // A counter of 32 bits wraps, as the real one does.
        (self.0.with(|chip| chip.now()) / 1000) as u32
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let ecg = formats::read(&arguments.ecg)?.twelve_leads()?;
    let electrodes = Electrodes::new(&ecg, arguments.off.as_deref())?;
    let listener = TcpListener::bind(&arguments.listen)?;
    println!("listening at {}", listener.local_addr()?);
    std::io::stdout().flush()?;
    let mut link = Link::new(listener, arguments.corrupt_bytes)?;

    let simulator = Simulator::new(Chip::new(Variant::Ads1298, electrodes));
    let driver = Ads129x::new(
        simulator.spi(),
        simulator.pins(),
        simulator.delay(),
        Clock::NOMINAL,
    );
    let configuration = Configuration::twelve_lead();
    let front_end = Ads129xFrontEnd::new(driver, Variant::Ads1298, Clock::NOMINAL, configuration);
    let firmware = FirmwareVersion {
        major: 0,
        minor: 1,
        patch: 0,
    };
    let timebase = Timebase::new(TICKS);
    let leads = TWELVE_LEAD_CHANNELS.map(Some);
    let profile = front_end.profile(
        arguments.session,
        firmware,
        leads,
        arguments.samples_per_frame,
        timebase,
    );
    let settings = front_end.settings(true);
    let mut queue: Queue<Item, 64> = Queue::new();
    let (producer, consumer) = queue.split();
    let mut sampler = Sampler::new(front_end, Ticks(&simulator), timebase, producer);
    let mut device: Device<'_, 4096> = Device::new(profile, settings, consumer);
    let mut clock = DeviceClock::new(Ticks(&simulator));

    let begin = Instant::now();
    let mut next_unplug = arguments.unplug_every;
    loop {
        device.turn(&mut sampler, clock.now());
        // Bytes that nobody listens to are lost, as on a line that ends nowhere.
        let count = device.outgoing().len();
        link.send(device.outgoing());
        device.sent(count);
        if let Some(bytes) = link.receive() {
            device.receive(&bytes, clock.now());
        }
        if simulator.advance_to_data_ready() {
            sampler.on_data_ready();
        } else {
            simulator.advance(1_000_000);
        }
        let seconds = simulator.with(|chip| chip.now()) as f64 / 1e9;
        if arguments.seconds.is_some_and(|end| seconds >= end) {
            return Ok(());
        }
        if let (Some(next), Some(every)) = (next_unplug, arguments.unplug_every)
            && seconds >= next
        {
            link.unplug();
            next_unplug = Some(next + every);
        }
        let due = Duration::from_secs_f64(seconds / arguments.speed);
        let ahead = due.saturating_sub(begin.elapsed());
        if ahead > AHEAD {
            std::thread::sleep(ahead);
        }
    }
}
