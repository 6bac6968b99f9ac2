import Kernel
import Logging
import NIOCore
import OperatingSystem
import Operations
import TLS
import Tenancy

/// Does the work of one connection's session: says who is there, and calls operations. Who is there is asked anew for each
/// command, so that what is withdrawn is out within a second.
struct SessionWorker: Sendable {
  /// By what a session is who it is.
  enum Proof: Sendable {
    case nothing
    /// The kernel's word, which does not change while the connection lasts.
    case localOperator(Principal)
    case token(String)
    case certificate([UInt8], in: TenantHandle)
  }

  let dispatcher: Dispatcher
  let authenticator: Authenticator
  let register: SessionRegister
  let limits: AdminLimits
  let logger: Logger

  /// The proof is given back with the outcome: the one of before, or the one that AUTH brought.
  func perform(
    _ work: AdminSession.Work, _ proof: Proof, certificate: PeerCertificate?, on channel: any Channel, peer: String
  ) async -> (AdminSession.Outcome, Proof) {
    do throws(Failure) {
      switch work {
      case .authenticate(let credential): return try await authenticate(credential, certificate, channel, peer)
      case .choose(let customer, let call):
        guard let principal = try await principal(proof, peer) else { return (.lost(Self.unauthenticated), .nothing) }
        return (try await invoke("customer.read", .object(["id": .text(try await customerId(customer))]), principal, call), proof)
      case .invoke(let declaration, let input, let call):
        if declaration.needsNobody {
          return (try await invoke(declaration.name, input, .anonymous(provider: TenantId(0), via: .admin), call), proof)
        }
        guard let principal = try await principal(proof, peer) else { return (.lost(Self.unauthenticated), .nothing) }
        return (try await invoke(declaration.name, input, principal, call), proof)
      }
    } catch {
      return (.failed(error), proof)
    }
  }

  private static let unauthenticated = Failure(.unauthenticated, OperationMessages.unauthenticated)

  private func invoke(_ operation: String, _ input: Value, _ principal: Principal, _ call: Call) async throws(Failure) -> AdminSession.Outcome {
    let outcome = try await dispatcher.invoke(operation, input, as: principal, call)
    return .done(outcome.value, isReplay: outcome.isReplay)
  }

  /// A code that nobody has leads to an id that nobody has: the answer is the same as for another's customer.
  private func customerId(_ text: String) async throws(Failure) -> String {
    if PublicId(text) != nil { return text }
    let named = try await asking { try await dispatcher.tenancy.tenant(named: text) }
    return (named?.publicId ?? PublicId.none(kind: "cus", handle: TenantHandle(0))).description
  }

  private func principal(_ proof: Proof, _ peer: String) async throws(Failure) -> Principal? {
    switch proof {
    case .nothing: nil
    case .localOperator(let principal): principal
    case .token(let token): try await asking { try await authenticator.principal(bearer: token, via: .admin, peer: peer) }
    case .certificate(let fingerprint, let handle):
      try await asking { try await authenticator.principal(certificate: fingerprint, in: handle, via: .admin, peer: peer) }
    }
  }

  private func authenticate(
    _ credential: AdminSession.Credential, _ certificate: PeerCertificate?, _ channel: any Channel, _ peer: String
  ) async throws(Failure) -> (AdminSession.Outcome, Proof) {
    let proof: Proof
    let refusal: Failure
    switch credential {
    case .token(let token):
      proof = .token(token)
      refusal = Self.unauthenticated
    case .certificate(let name):
      refusal = Failure(.unauthenticated, AdminMessages.noCertificate)
      // Nothing is looked up for whoever shows no certificate.
      guard let certificate, let tenant = try await tenant(name) else { throw refusal }
      proof = .certificate(certificate.fingerprint, in: tenant.handle)
    }
    guard let principal = try await principal(proof, peer) else { throw refusal }
    guard register.admit(channel, principal) else {
      throw Failure(.limited, AdminMessages.tooManySessions, ["limit": String(limits.sessionsPerPrincipal)], retryAfterSeconds: 60)
    }
    return (.authenticated(AdminSession.Identity(principal)), proof)
  }

  private func tenant(_ name: String?) async throws(Failure) -> TenantEntry? {
    try await asking { if let name { try await dispatcher.tenancy.tenant(named: name) } else { try await dispatcher.tenancy.provider() } }
  }

  /// What the database could not tell is a failure like that of any operation.
  private func asking<T: Sendable>(_ body: () async throws -> T) async throws(Failure) -> T {
    do {
      return try await body()
    } catch {
      let failure = Failure(error, constraints: [:])
      logger.error("authentication failed", metadata: ["failure": "\(failure)"])
      throw failure
    }
  }
}

extension AdminSession.Identity {
  init(_ principal: Principal) {
    self.init(name: principal.name, kind: principal.actor.kind.rawValue, language: principal.language)
  }
}
