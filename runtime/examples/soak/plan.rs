//! What is to be gone through.

/// What is to be gone through.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Simulated seconds.
    pub seconds: f64,
    /// Samples per second of eight channels.
    pub rate_hz: f64,
    /// Sampling instants in a frame.
    pub samples_per_frame: usize,
    /// Probability that a byte is hit on the way.
    pub corrupt_bytes: f64,
    /// Simulated seconds between two pulls of the plug.
    pub unplug_every_seconds: f64,
    /// Simulated seconds that it stays out.
    pub unplugged_seconds: f64,
    /// Every so many pulls the device loses its power, too; never where 0.
    pub restart_each_unplugs: u64,
    /// By how many millionths the device's clock is fast.
    pub drift_ppm: f64,
    /// Of the random numbers.
    pub seed: u64,
}

impl Default for Plan {
    /// A day at 500 samples per second, 2 % of bytes hit, unplugged for five seconds every ten minutes.
    fn default() -> Self {
        Self {
            seconds: 86_400.0,
            rate_hz: 500.0,
            samples_per_frame: 1,
            corrupt_bytes: 0.02,
            unplug_every_seconds: 600.0,
            unplugged_seconds: 5.0,
            restart_each_unplugs: 36,
            drift_ppm: 37.0,
            seed: 1,
        }
    }
}
