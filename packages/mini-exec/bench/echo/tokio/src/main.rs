// What one writes with Tokio: a task for each connection, which sends back what it receives.
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (mut stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let mut buffer = vec![0; 65536];
            loop {
                match stream.read(&mut buffer).await {
                    Ok(length) if length > 0 => {
                        if stream.write_all(&buffer[..length]).await.is_err() {
                            return;
                        }
                    }
                    _ => return,
                }
            }
        });
    }
}
