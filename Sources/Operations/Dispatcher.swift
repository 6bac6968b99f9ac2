import Kernel
import Logging
import Postgres
import TLS
import Tenancy

/// Runs operations: the one place where rights, limits, idempotency and audit are kept, whichever interface asks.
package struct Dispatcher: Sendable {
  package let registry: Registry
  package let tenancy: Tenancy
  package let metrics: OperationMetrics
  private let limiter: RateLimiter
  let cursors: CursorSigner
  /// Where files lie; nil: nowhere, and operations with files say so.
  package let files: (any FileStore)?
  package let logger: Logger
  /// Whether what goes out from here may lead to a network address, 4 or 16 bytes in network order; nil: nobody knows here.
  package var permitsAddress: (@Sendable ([UInt8]) -> Bool)?

  package init(registry: Registry, tenancy: Tenancy, cursors: CursorSigner, limiter: RateLimiter = RateLimiter(), files: (any FileStore)? = nil, logger: Logger)
  {
    self.registry = registry
    self.tenancy = tenancy
    self.cursors = cursors
    self.limiter = limiter
    self.files = files
    self.logger = logger
    metrics = OperationMetrics()
  }

  /// What an operation gave back.
  package struct Outcome: Sendable {
    package let value: Value
    /// Whether this is the stored result of an earlier call with the same idempotency key.
    package let isReplay: Bool
    /// For a call that wants the file itself.
    package var file: (any StoredFile)?
  }

  package func invoke(
    _ name: String, _ input: Value, as principal: Principal, _ call: Call, _ transfer: FileTransfer = FileTransfer()
  ) async throws(Failure) -> Outcome {
    let started = ContinuousClock.now
    do {
      let outcome = try await perform(name, input, principal, call, transfer)
      metrics.count(name, code: "ok", since: started)
      return outcome
    } catch {
      throw failed(name, error, input, call, since: started)
    }
  }

  /// What a caller is told of an error, which is counted, and logged where it is ours.
  /// - Parameter input: what was asked, to be repeated where it is wrong.
  func failed(_ name: String, _ error: any Error, _ input: Value, _ call: Call, since started: ContinuousClock.Instant) -> Failure {
    let failure = Failure(error, constraints: registry.constraints).quoting(input, by: registry[name]?.inputFields ?? [])
    // The label comes from the registry's names only: a made-up name must not make a time series.
    metrics.count(registry[name] == nil ? "unknown" : name, code: failure.kind.rawValue, since: started)
    if failure.kind == .internal || failure.kind == .busy || failure.kind == .outcomeUnknown {
      logger.error("operation failed", metadata: ["operation": "\(name)", "request": "\(call.requestId)", "failure": "\(failure)"])
    }
    return failure
  }

  private func perform(_ name: String, _ input: Value, _ principal: Principal, _ call: Call, _ transfer: FileTransfer) async throws -> Outcome {
    guard let operation = registry[name] else { throw Failure(.notFound, OperationMessages.unknownOperation, ["name": String(name.prefix(80))]) }
    let declaration = operation.declaration
    let (provider, access) = try await rights(operation, principal, call)
    let (asked, input) = try await withIds(input, of: operation, principal, access, provider, call)
    let prepare = try read(operation, input)
    let target = try await self.target(of: operation, input, principal, access, provider, call)
    let key = try idempotencyKey(call)
    let request = Request(
      declaration: declaration, inputFields: operation.inputFields, input: input, asked: asked, content: transfer.received?.content,
      principal: principal, call: call, key: key)
    do {
      if operation.isPrepared, request.mayBeRepetition, let stored = try await storedResult(of: request, target) { return stored }
      let run = try await prepare(
        Preparation(
          principal: principal, tenant: target.tenant, provider: provider, access: access, call: call, tenancy: tenancy, files: files,
          received: transfer.received))
      let outcome: Outcome = try await tenancy.transaction(
        binding: target.bound, side: principal.side, readOnly: !declaration.effect.writes,
        statementTimeoutMilliseconds: declaration.effect.writes ? 30_000 : Tenancy.readTimeoutMilliseconds
      ) { transaction in
        if request.mayBeRepetition, let stored = try await request.stored(in: transaction, tenant: target.tenant.id) { return stored }
        let journal = Journal(files: files, wantsFile: transfer.wantsFile)
        let context = OperationContext(
          operation: declaration, principal: principal, tenant: target.tenant, provider: provider, access: access, transaction: transaction,
          now: tenancy.clock.now(), call: call, tenancy: tenancy, permitsAddress: permitsAddress, cursors: cursors, journal: journal)
        let value = try await run(context)
        if declaration.effect.writes {
          request.record(value, journal, context)
          FaultPoint.actWorked.reach()
        }
        return Outcome(value: value, isReplay: false, file: journal.given)
      }
      if declaration.effect.writes { FaultPoint.actCommitted.reach() }
      return outcome
    } catch let refusal as RecordedRefusal {
      if let stored = try await settled(refusal.failure, request, target) { return stored }
      if refusal.isDenial { await recordDenial(principal, declaration, call) }
      await record(refusal, principal, target, call)
      throw refusal.failure
    } catch {
      if let stored = try await settled(error, request, target) { return stored }
      throw error
    }
  }

  /// Whether the caller may call it at all, and where.
  private func rights(_ operation: RegisteredOperation, _ principal: Principal, _ call: Call) async throws -> (provider: TenantEntry, access: Access) {
    let declaration = operation.declaration
    try limiter.admit(principal, call)
    guard let provider = try await tenancy.provider() else { throw Failure(.busy, OperationMessages.busy, debug: "no provider: set-up has not run") }
    guard let access = permitted(principal, declaration) else {
      await recordDenial(principal, declaration, call)
      throw Failure(.denied, OperationMessages.denied, ["permission": declaration.permission])
    }
    if declaration.requiresVersion, call.expectedVersion == nil { throw Failure(.versionRequired, OperationMessages.versionRequired) }
    return (provider, access)
  }

  /// All that is known of a call before its transaction, checked as for the call itself.
  func preparation(of operation: RegisteredOperation, _ input: Value, _ principal: Principal, _ call: Call) async throws -> Preparation {
    let (provider, access) = try await rights(operation, principal, call)
    let (_, input) = try await withIds(input, of: operation, principal, access, provider, call)
    _ = try read(operation, input)
    let target = try await target(of: operation, input, principal, access, provider, call)
    _ = try idempotencyKey(call)
    return Preparation(principal: principal, tenant: target.tenant, provider: provider, access: access, call: call, tenancy: tenancy, files: files)
  }

  /// An input that is no operation's, with ids in place of the codes and numbers by which it names things. They are judged like any that is given.
  package func withIds(_ input: Value, _ fields: [any InputField]) async throws -> Value {
    try await NameRule(tenancy: tenancy).withIds(input, fields)
  }

  /// The input with ids in place of the codes, numbers and addresses by which it names things; and, as it was asked, with the addresses.
  func withIds(
    _ input: Value, of operation: RegisteredOperation, _ principal: Principal, _ access: Access, _ provider: TenantEntry, _ call: Call
  ) async throws -> (asked: Value, input: Value) {
    // Of whom nobody knows who he is asks for nothing by its name.
    guard !operation.declaration.needsNobody else { return (input, input) }
    let names = NameRule(tenancy: tenancy)
    let input = try await names.withIds(input, operation.inputFields)
    let target: () async throws -> TenantEntry = { try await self.target(of: operation, input, principal, access, provider, call).tenant }
    let found = try await names.withPeople(input, operation.inputFields, of: target, principal, access)
    return (names.withSpelledPeople(input, operation.inputFields), found)
  }

  private func record(_ refusal: RecordedRefusal, _ principal: Principal, _ target: TargetRule.Target, _ call: Call) async {
    do {
      try await tenancy.transaction(binding: target.bound, side: principal.side) { try await refusal.record($0) }
    } catch {
      logger.error("refusal not recorded", metadata: ["refusal": "\(refusal.failure.code)", "request": "\(call.requestId)", "error": "\(error)"])
    }
  }

  /// The stored result, when it explains the error. An unknown commit outcome: if the result is there, the commit
  /// happened (if not, it may still be on its way). A call that lost against another with the same key, be it at that
  /// key, at a unique name or at a version that the other has just raised: it gets what the other did.
  private func settled(_ error: any Error, _ request: Request, _ target: TargetRule.Target) async throws -> Outcome? {
    guard request.isRepeatable else { return nil }
    switch error {
    case let error as PostgresError where error.kind == .uniqueViolation && error.constraint == "idempotency_pk":
      return try await storedResult(of: request, target)
    case let error as PostgresError where error.kind == .commitOutcomeUnknown || request.call.idempotencyKey != nil && error.constraint != nil:
      return try? await storedResult(of: request, target)
    case is Failure where request.call.idempotencyKey != nil:
      return try? await storedResult(of: request, target)
    default: return nil
    }
  }

  private func storedResult(of request: Request, _ target: TargetRule.Target) async throws -> Outcome? {
    guard request.isRepeatable else { return nil }
    return try await tenancy.transaction(binding: [target.tenant.id], side: request.principal.side, readOnly: true) { transaction in
      try await request.stored(in: transaction, tenant: target.tenant.id)
    }
  }

  private func target(
    of operation: RegisteredOperation, _ input: Value, _ principal: Principal, _ access: Access, _ provider: TenantEntry, _ call: Call
  ) async throws -> TargetRule.Target {
    do {
      return try await TargetRule(tenancy: tenancy, provider: provider).target(of: operation, input, principal, access)
    } catch let failure as Failure where failure.isRefusedReference {
      // An id that names another tenant, or none: audited alike, as it is answered alike.
      await recordDenial(principal, operation.declaration, call)
      throw failure
    }
  }

  func permitted(_ principal: Principal, _ declaration: Declaration) -> Access? {
    if declaration.needsNobody { return Access(.listed([]), home: principal.tenant) }
    return principal.access(declaration.permission, honouring: declaration.scopes, at: tenancy.clock.now())
  }

  private func read(_ operation: RegisteredOperation, _ input: Value) throws(Failure) -> PreparedCall {
    do throws(Failure) {
      return try operation.read(input)
    } catch {
      // A text that is no id at all is answered like an id that leads nowhere.
      if error.violations.contains(where: { $0.path == "id" && $0.message == InputMessages.unknownReference }) { throw .notFound }
      throw error
    }
  }

  private func idempotencyKey(_ call: Call) throws(Failure) -> String {
    guard let key = call.idempotencyKey else { return Call.newIdempotencyKey(tenancy.random) }
    guard Call.isKey(key) else { throw Failure(.invalid, OperationMessages.badKey) }
    return key
  }

  /// Best effort: a denial that cannot be written is still a denial.
  private func recordDenial(_ principal: Principal, _ declaration: Declaration, _ call: Call) async {
    guard principal.actor.kind != .anonymous else { return }
    let now = tenancy.clock.now()
    do {
      try await tenancy.transaction(binding: [principal.tenant], side: principal.side) { transaction in
        AuditRecord(
          tenant: principal.tenant, operation: declaration.name, outcome: .denied, subject: nil, actor: principal.actor, requestId: call.requestId,
          content: .object([]), salt: tenancy.random.bytes(16), recordedAt: now
        ).enqueue(on: transaction)
      }
    } catch {
      logger.error("denial not audited", metadata: ["operation": "\(declaration.name)", "request": "\(call.requestId)", "error": "\(error)"])
    }
  }
}
