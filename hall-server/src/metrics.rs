//! What the people who keep the server running watch, in Prometheus' text format.

use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

const SIZES: [u64; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
const MILLISECONDS: [u64; 9] = [1, 2, 5, 10, 20, 50, 100, 500, 2000];

/// Counters of this process since its start.
#[derive(Debug, Default)]
pub struct Metrics {
    tickets: AtomicU64,
    calls: AtomicU64,
    sizes: Histogram<8>,
    commits: Histogram<9>,
    requests: AtomicU64,
    errors: AtomicU64,
    heads: AtomicU64,
    heads_failed: AtomicU64,
    head_copies_failed: AtomicU64,
    heads_not_copied: AtomicI64,
}

#[derive(Debug)]
struct Histogram<const N: usize> {
    buckets: [AtomicU64; N],
    count: AtomicU64,
    sum: AtomicU64,
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Histogram {
            buckets: std::array::from_fn(|_| AtomicU64::new(0)),
            count: AtomicU64::new(0),
            sum: AtomicU64::new(0),
        }
    }
}

impl<const N: usize> Histogram<N> {
    fn observe(&self, value: u64, bucket: u64, bounds: &[u64; N]) {
        if let Some(place) = bounds.iter().position(|bound| bucket <= *bound) {
            self.buckets[place].fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// `unit` turns stored sums and bounds into the metric's base unit.
    fn write(&self, text: &mut String, name: &str, help: &str, bounds: &[u64; N], bound_unit: f64, sum_unit: f64) {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} histogram");
        let mut below = 0;
        for (bucket, bound) in self.buckets.iter().zip(bounds) {
            below += bucket.load(Ordering::Relaxed);
            let _ = writeln!(text, "{name}_bucket{{le=\"{}\"}} {below}", *bound as f64 * bound_unit);
        }
        let count = self.count.load(Ordering::Relaxed);
        let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum {}", self.sum.load(Ordering::Relaxed) as f64 * sum_unit);
        let _ = writeln!(text, "{name}_count {count}");
    }
}

impl Metrics {
    /// A committed batch.
    pub fn batch(&self, size: usize, took: Duration, tickets: usize, calls: usize) {
        self.tickets.fetch_add(tickets as u64, Ordering::Relaxed);
        self.calls.fetch_add(calls as u64, Ordering::Relaxed);
        self.sizes.observe(size as u64, size as u64, &SIZES);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commits.observe(micros, micros.div_ceil(1000), &MILLISECONDS);
    }

    /// An answered request.
    pub fn request(&self, failed: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.errors.fetch_add(u64::from(failed), Ordering::Relaxed);
    }

    /// A signed head.
    pub fn head_signed(&self) {
        self.heads.fetch_add(1, Ordering::Relaxed);
    }

    pub fn head_failed(&self) {
        self.heads_failed.fetch_add(1, Ordering::Relaxed);
    }

    pub fn head_copy_failed(&self) {
        self.head_copies_failed.fetch_add(1, Ordering::Relaxed);
    }

    /// How many signed heads are not yet kept elsewhere.
    pub fn heads_not_copied(&self, count: i64) {
        self.heads_not_copied.store(count, Ordering::Relaxed);
    }

    /// The counters, with gauges of each hall: (hall, line, waiting) and (hall, listeners).
    pub fn text(&self, waiting: &[(String, String, i64)], listeners: &[(String, usize)]) -> String {
        let mut text = String::new();
        let counters = [
            ("hall_tickets_taken_total", "Tickets taken.", &self.tickets),
            ("hall_calls_total", "Calls and recalls.", &self.calls),
            ("hall_http_requests_total", "Requests answered.", &self.requests),
            ("hall_http_errors_total", "Requests answered with a server error.", &self.errors),
            ("hall_heads_signed_total", "Heads signed over the chains of events.", &self.heads),
            ("hall_head_failures_total", "Heads that could not be signed.", &self.heads_failed),
            ("hall_head_copy_failures_total", "Times that heads could not be copied.", &self.head_copies_failed),
        ];
        for (name, help, value) in counters {
            let value = value.load(Ordering::Relaxed);
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}");
        }
        let count = self.heads_not_copied.load(Ordering::Relaxed);
        let help = "Signed heads not yet kept elsewhere.";
        let _ = writeln!(
            text,
            "# HELP hall_heads_not_copied {help}\n# TYPE hall_heads_not_copied gauge\nhall_heads_not_copied {count}"
        );
        self.sizes.write(&mut text, "hall_batch_commands", "Commands in a transaction.", &SIZES, 1.0, 1.0);
        let help = "Time from a batch's first statement to its commit.";
        self.commits.write(&mut text, "hall_commit_seconds", help, &MILLISECONDS, 1e-3, 1e-6);
        let _ = writeln!(text, "# HELP hall_waiting People waiting.\n# TYPE hall_waiting gauge");
        for (hall, line, count) in waiting {
            let _ = writeln!(text, "hall_waiting{{hall=\"{hall}\",line=\"{line}\"}} {count}");
        }
        let _ = writeln!(text, "# HELP hall_sse_listeners Screens listening.\n# TYPE hall_sse_listeners gauge");
        for (hall, count) in listeners {
            let _ = writeln!(text, "hall_sse_listeners{{hall=\"{hall}\"}} {count}");
        }
        text
    }
}
