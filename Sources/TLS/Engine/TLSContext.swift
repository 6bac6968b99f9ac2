import COpenSSL

/// Whether a server asks for the client's certificate. The file holds the authorities that may have signed it.
package enum ClientCertificates: Sendable, Equatable {
  case none
  /// A client may show one; a wrong one ends the handshake.
  case request(authorityFile: String)
  case require(authorityFile: String)
}

/// The settings that connections of one role share: TLS 1.2 and 1.3 after Mozilla's intermediate profile, version 5.0.
///
/// Unchecked because OpenSSL's SSL_CTX is not known to be Sendable: it is configured before the initialiser returns and
/// only read afterwards, and `SSL_new` locks what it changes.
package final class TLSContext: @unchecked Sendable {
  enum Role { case server, client }

  let pointer: OpaquePointer
  let role: Role
  /// The protocols of ALPN, in their wire form. OpenSSL keeps the address, so it lives as long as the context.
  private let protocols: UnsafeMutableBufferPointer<UInt8>

  /// A server's. Throws ``CertificateError``. `applicationProtocols` in order of preference (`http/1.1`); a client that
  /// offers only others is refused, a client that offers none is not.
  package convenience init(
    serving identity: CertificateIdentity, clientCertificates: ClientCertificates = .none, applicationProtocols: [String] = []
  ) throws {
    try self.init(role: .server, applicationProtocols: applicationProtocols)
    try use(identity)
    try verify(clientCertificates)
    // Needed as soon as a session with a client certificate is resumed; it names the service that may resume it.
    SSL_CTX_set_session_id_context(pointer, Array("steward".utf8), 7)
    // The server's order of suites, but ChaCha20 for whoever puts it first: it has no hardware for AES.
    SSL_CTX_set_options(pointer, steward_SSL_OP_CIPHER_SERVER_PREFERENCE | steward_SSL_OP_PRIORITIZE_CHACHA)
    // Tickets only: no state here that a flood of handshakes could fill. Their key is made with the context and never
    // changes in it, which is why ``ServerCertificates`` builds a new context every few hours.
    steward_SSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
    SSL_CTX_set_max_early_data(pointer, 0)
    guard !applicationProtocols.isEmpty else { return }
    SSL_CTX_set_alpn_select_cb(pointer, selectProtocol, Unmanaged.passUnretained(self).toOpaque())
  }

  /// A client's. The server's chain must end in an authority of `authorityFile` (PEM), or of the system's store if nil.
  package convenience init(trusting authorityFile: String?, identity: CertificateIdentity? = nil, applicationProtocols: [String] = []) throws {
    try self.init(role: .client, applicationProtocols: applicationProtocols)
    if let identity { try use(identity) }
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    if let authorityFile { try trust(authorityFile) } else { SSL_CTX_set_default_verify_paths(pointer) }
    if !applicationProtocols.isEmpty { SSL_CTX_set_alpn_protos(pointer, protocols.baseAddress, UInt32(protocols.count)) }
  }

  private init(role: Role, applicationProtocols: [String]) throws {
    OpenSSLErrors.clear()
    guard let pointer = SSL_CTX_new(TLS_method()) else { throw CertificateError("OpenSSL gives no context: \(OpenSSLErrors.take())") }
    var wire: [UInt8] = []
    for name in applicationProtocols {
      let bytes = Array(name.utf8.prefix(255))
      wire.append(UInt8(bytes.count))
      wire += bytes
    }
    self.pointer = pointer
    self.role = role
    protocols = .allocate(capacity: wire.count)
    _ = protocols.initialize(from: wire)
    // The DHE suites of the profile are left out: every client that has them has ECDHE too, and they let a client make
    // the server compute much for little (CVE-2002-20001).
    let suites = [
      "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
      "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ]
    guard steward_SSL_CTX_set_min_proto_version(pointer, TLS1_2_VERSION) == 1,
      steward_SSL_CTX_set_max_proto_version(pointer, TLS1_3_VERSION) == 1,
      SSL_CTX_set_cipher_list(pointer, suites.joined(separator: ":")) == 1,
      steward_SSL_CTX_set1_groups_list(pointer, "X25519:P-256:P-384") == 1
    else { throw CertificateError("OpenSSL refuses the TLS profile: \(OpenSSLErrors.take())") }
    SSL_CTX_set_options(pointer, steward_SSL_OP_NO_RENEGOTIATION | steward_SSL_OP_NO_COMPRESSION)
    // Idle connections give their record buffers back; the rest is what a sink that takes every byte needs.
    steward_SSL_CTX_set_mode(
      pointer, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
    steward_SSL_CTX_set_read_ahead(pointer, 1)
  }

  deinit {
    SSL_CTX_free(pointer)
    protocols.deallocate()
  }

  private func use(_ identity: CertificateIdentity) throws {
    OpenSSLErrors.clear()
    guard SSL_CTX_use_certificate(pointer, identity.certificate) == 1, SSL_CTX_use_PrivateKey(pointer, identity.key) == 1 else {
      throw CertificateError("OpenSSL refuses the certificate \(identity.subject): \(OpenSSLErrors.take())")
    }
    for certificate in identity.chain {
      guard steward_SSL_CTX_add1_chain_cert(pointer, certificate) == 1 else {
        throw CertificateError("OpenSSL refuses the chain of \(identity.subject): \(OpenSSLErrors.take())")
      }
    }
  }

  private func verify(_ clients: ClientCertificates) throws {
    switch clients {
    case .none:
      SSL_CTX_set_verify(pointer, SSL_VERIFY_NONE, nil)
    case .request(let authorityFile):
      SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
      try trust(authorityFile)
      SSL_CTX_set_client_CA_list(pointer, SSL_load_client_CA_file(authorityFile))
    case .require(let authorityFile):
      SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
      try trust(authorityFile)
      SSL_CTX_set_client_CA_list(pointer, SSL_load_client_CA_file(authorityFile))
    }
  }

  private func trust(_ authorityFile: String) throws {
    OpenSSLErrors.clear()
    guard SSL_CTX_load_verify_locations(pointer, authorityFile, nil) == 1 else {
      throw CertificateError("\(authorityFile) holds no certificate of an authority: \(OpenSSLErrors.take())")
    }
  }

  /// The first of our protocols that the client offers, in OpenSSL's wire form; nil if they share none.
  fileprivate func select(from offered: UnsafePointer<UInt8>, _ length: UInt32, _ selectedLength: UnsafeMutablePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var selected: UnsafeMutablePointer<UInt8>?
    let result = SSL_select_next_proto(&selected, selectedLength, protocols.baseAddress, UInt32(protocols.count), offered, length)
    return result == OPENSSL_NPN_NEGOTIATED ? UnsafePointer(selected) : nil
  }
}

private func selectProtocol(
  _: OpaquePointer?, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ selectedLength: UnsafeMutablePointer<UInt8>?,
  _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
  guard let argument, let selected, let selectedLength, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
  guard let name = context.select(from: offered, offeredLength, selectedLength) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  selected.pointee = name
  return SSL_TLSEXT_ERR_OK
}
