/// What can go wrong with a TLS connection. Handlers above ``TLSHandler`` receive it through `errorCaught`.
package enum TLSError: Error, Equatable, CustomStringConvertible {
  /// The peers did not agree, or a certificate was refused. The text is OpenSSL's, for the log.
  case handshakeFailed(String)
  case handshakeTimedOut
  /// The bytes received are not valid TLS records of this connection.
  case protocolViolation(String)
  /// The transport ended without the peer's close_notify: what has been read may not be all that was sent.
  case truncated
  /// The peer makes us answer (key updates) but reads none of the answers.
  case peerDoesNotRead
  /// A write after the close.
  case closed

  package var description: String {
    switch self {
    case .handshakeFailed(let reason): "TLS handshake failed: \(reason)"
    case .handshakeTimedOut: "TLS handshake took too long"
    case .protocolViolation(let reason): "TLS protocol violation: \(reason)"
    case .truncated: "the connection ended without TLS close_notify"
    case .peerDoesNotRead: "the peer does not read its TLS answers"
    case .closed: "the TLS connection is closed"
    }
  }
}

/// A certificate, key or authority file that cannot be used; the text says which and why, for the operator.
package struct CertificateError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
