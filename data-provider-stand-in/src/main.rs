//! Another office's registers, played: `data-provider-stand-in --listen 127.0.0.1:9300`. `PUT /control/mood` with
//! `{"mood": "slow", "ms": 8000}`, `held`, `down`, `babbling`, `confused`, `forgetful`, `endless` or `honest` changes how it behaves;
//! `GET /control/heard` tells what it was asked.

use std::net::SocketAddr;

use clap::Parser;
use data_provider_stand_in::DataProvider;

#[derive(Debug, Parser)]
struct Arguments {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:9300")]
    listen: SocketAddr,
    /// What askers must show as a bearer token
    #[arg(long, default_value = "")]
    token: String,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, DataProvider::new(&arguments.token).router()).await
}
