//! The kinds that are measured, each with the monitor that is checked.

/// One kind of check.
pub struct Peer {
    pub words: &'static str,
    /// Of the URL; a folder of this name has its monitors.
    pub scheme: &'static str,
    /// What stands behind `://`, with `HOST` for a host with its port, and `ADDRESS` for one without.
    pub place: &'static str,
    /// The other lines of the monitor, with `CA` for the file of the authority.
    pub fields: &'static str,
}

/// In the order of the ports that the server prints.
pub const KINDS: [Peer; 10] = [
    Peer { words: "HTTP", scheme: "http", place: "HOST/health", fields: "" },
    Peer { words: "HTTPS", scheme: "https", place: "HOST/health", fields: "tls: { ca: CA }\n" },
    Peer {
        words: "TCP with a dialog",
        scheme: "tcp",
        place: "HOST",
        fields: "dialog: [{ expect: '^220 ' }]\n",
    },
    Peer { words: "TLS", scheme: "tls", place: "HOST", fields: "tls: { ca: CA }\n" },
    Peer { words: "gRPC", scheme: "grpc", place: "HOST/shop.v1.Orders", fields: "" },
    Peer {
        words: "gRPC over TLS",
        scheme: "grpcs",
        place: "HOST/shop.v1.Orders",
        fields: "tls: { ca: CA }\n",
    },
    Peer { words: "WebSocket", scheme: "ws", place: "HOST/live", fields: "" },
    Peer {
        words: "WebSocket with a dialog",
        scheme: "wss",
        place: "HOST/live",
        fields: "tls: { ca: CA }\ndialog: [{ send: ping }, { expect: ^ping$ }]\n",
    },
    Peer {
        words: "DNS",
        scheme: "dns",
        place: "HOST/www.example.com?type=A",
        fields: "expect: { answers: { equals: 192.0.2.1 } }\n",
    },
    // One ping: further ones are sent 200 ms apart.
    Peer { words: "ICMP", scheme: "icmp", place: "ADDRESS", fields: "count: 1\n" },
];
