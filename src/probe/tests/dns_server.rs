//! Name servers on loopback that send exactly what a test says, in messages of their own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, CNAME};
use hickory_resolver::proto::rr::{Name, RData, Record};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

/// What a server does with a question.
type Says = Arc<dyn Fn(&Message) -> Vec<Vec<u8>> + Send + Sync>;

pub fn name(text: &str) -> Name {
    Name::from_ascii(text).expect(text)
}

pub fn a(owner: &str, last: u8) -> Record {
    Record::from_rdata(name(owner), 60, RData::A(A(Ipv4Addr::new(192, 0, 2, last))))
}

pub fn alias(owner: &str, target: &str) -> Record {
    Record::from_rdata(name(owner), 60, RData::CNAME(CNAME(name(target))))
}

/// The answer to a question with these records.
pub fn answer(question: &Message, records: Vec<Record>) -> Message {
    let mut message = Message::response(question.id, OpCode::Query);
    message.queries.clone_from(&question.queries);
    message.answers = records;
    message
}

pub fn code(question: &Message, code: ResponseCode) -> Vec<u8> {
    let mut message = answer(question, Vec::new());
    message.metadata.response_code = code;
    bytes(&message)
}

pub fn bytes(message: &Message) -> Vec<u8> {
    message.to_vec().expect("a message")
}

/// A name server on loopback that sends these datagrams for each question.
pub async fn saying(says: impl Fn(&Message) -> Vec<Vec<u8>> + Send + Sync + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("bound");
    serve(socket, Arc::new(says));
    address
}

fn serve(socket: UdpSocket, says: Says) {
    tokio::spawn(async move {
        let mut packet = [0; 1500];
        while let Ok((read, client)) = socket.recv_from(&mut packet).await {
            let question = Message::from_vec(&packet[..read]).expect("a question");
            for datagram in says(&question) {
                drop(socket.send_to(&datagram, client).await);
            }
        }
    });
}

/// The same over TCP, after an answer over UDP that does not fit.
pub async fn saying_over_tcp(says: impl Fn(&Message) -> Vec<u8> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let socket = UdpSocket::bind(address).await.expect("the port of the other protocol");
    serve(
        socket,
        Arc::new(|question: &Message| {
            // It is cut within a record, as real ones are.
            let mut cut = bytes(&answer(question, vec![a("www.a.example.", 1)]));
            cut[2] |= 0x02;
            cut.truncate(cut.len() - 3);
            vec![cut]
        }),
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let Ok(length) = stream.read_u16().await else { continue };
            let mut question = vec![0; length.into()];
            drop(stream.read_exact(&mut question).await);
            let said = says(&Message::from_vec(&question).expect("a question"));
            drop(stream.write_all(&said).await);
        }
    });
    address
}

pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).expect("a short message");
    [&length.to_be_bytes()[..], message].concat()
}
