import Kernel
import Tenancy

/// Finds the tenant that an operation is about, and refuses every id in the input that names another. An unknown
/// handle, a foreign tenant and an unknown id cannot be told apart by the answer.
struct TargetRule: Sendable {
  let tenancy: Tenancy
  let provider: TenantEntry

  struct Target: Sendable {
    let tenant: TenantEntry
    /// What the transaction is bound to.
    let bound: [TenantId]
  }

  func target(of operation: RegisteredOperation, _ input: Value, _ principal: Principal, _ access: Access) async throws -> Target {
    let target: Target
    switch operation.declaration.reach {
    case .one(let field):
      let tenant = try await named(by: field, operation, input, principal, access)
      target = Target(tenant: tenant, bound: [tenant.id])
    case .oneAndProvider(let field):
      let tenant = try await named(by: field, operation, input, principal, access)
      let bindsProvider = principal.side == .staff && tenant.id != provider.id
      target = Target(tenant: tenant, bound: bindsProvider ? [tenant.id, provider.id] : [tenant.id])
    case .oneOf(let fields):
      let tenant = try await named(byOneOf: fields, operation, input, principal, access)
      target = Target(tenant: tenant, bound: [tenant.id])
    case .provider:
      guard principal.side == .staff else { throw Failure.notFound }
      target = Target(tenant: provider, bound: [provider.id])
    case .home:
      let home = try await home(of: principal)
      target = Target(tenant: home, bound: [home.id])
    case .homeOr(let field, let andProvider):
      let tenant = try await homeOrNamed(by: field, operation, input, principal, access)
      let besides = andProvider && principal.side == .staff && tenant.id != provider.id ? [provider.id] : []
      target = Target(tenant: tenant, bound: [tenant.id] + besides)
    case .many:
      target = Target(tenant: try await home(of: principal), bound: [])
    case .anonymous:
      let named: TenantEntry? = if let text = input["tenant"]?.text { try await tenancy.tenant(named: text) } else { nil }
      let tenant = named ?? provider
      target = Target(tenant: tenant, bound: [tenant.id])
    }
    try await refuseForeign(operation, input, target.tenant, access)
    return target
  }

  private func home(of principal: Principal) async throws -> TenantEntry {
    guard principal.tenant != provider.id else { return provider }
    let entry = try await tenancy.transaction(binding: [principal.tenant], side: .customer, readOnly: true) { transaction in
      try await transaction.last(TenantById(tenant: principal.tenant)).first
    }
    guard let entry else { throw Failure(.unauthenticated, OperationMessages.unauthenticated) }
    return entry
  }

  private func named(
    by field: String, _ operation: RegisteredOperation, _ input: Value, _ principal: Principal, _ access: Access
  ) async throws -> TenantEntry {
    guard let text = input[field]?.text, let id = PublicId(text) else {
      if principal.side == .customer { return try await home(of: principal) }
      return try await told(by: field, operation, input, access)
    }
    let found = try await tenancy.tenant(id.handle)
    guard let found, access.reaches(found.id), id.kind != IdKind.customer.prefix || id.random == found.publicIdBits else {
      throw field == "id" ? Failure.notFound : Failure.invalid(field, InputMessages.unknownReference)
    }
    return found
  }

  private func named(
    byOneOf fields: [String], _ operation: RegisteredOperation, _ input: Value, _ principal: Principal, _ access: Access
  ) async throws -> TenantEntry {
    guard let field = fields.first(where: { input[$0]?.text != nil }) else { throw Failure.notFound }
    let id = input[field]?.text.flatMap { PublicId($0) }
    if principal.side == .staff, id?.handle == provider.handle { return provider }
    return try await named(by: field, operation, input, principal, access)
  }

  /// Staff leave the customer out where something else that the input names is the customer's.
  private func told(by field: String, _ operation: RegisteredOperation, _ input: Value, _ access: Access) async throws -> TenantEntry {
    let named = references(operation.inputFields, input, "").first { $0.kind.owner == .tenant }
    guard let named, field == CustomerReference.field.name else { throw Failure.invalid(field, OperationMessages.customerRequired) }
    guard let found = try await tenancy.tenant(named.id.handle), access.reaches(found.id) else {
      throw named.path == "id" ? Failure.notFound : Failure.invalid(named.path, InputMessages.unknownReference)
    }
    return found
  }

  private func homeOrNamed(
    by field: String, _ operation: RegisteredOperation, _ input: Value, _ principal: Principal, _ access: Access
  ) async throws -> TenantEntry {
    guard let text = input[field]?.text, let id = PublicId(text) else { return try await home(of: principal) }
    let home = try await home(of: principal)
    return id.handle == home.handle ? home : try await named(by: field, operation, input, principal, access)
  }

  /// Every reference in the body is an access: one that names another tenant is refused before anything is read.
  private func refuseForeign(_ operation: RegisteredOperation, _ input: Value, _ tenant: TenantEntry, _ access: Access) async throws {
    let isMany = if case .many = operation.declaration.reach { true } else { false }
    for (path, kind, id) in references(operation.inputFields, input, "") {
      let isHome: Bool
      switch kind.owner {
      case .provider: isHome = id.handle == provider.handle
      case .tenant where kind == .customer || isMany:
        let named = try await tenancy.tenant(id.handle)
        isHome = named.map { access.reaches($0.id) && (kind != .customer || $0.publicIdBits == id.random) } ?? false
      case .tenant: isHome = id.handle == tenant.handle
      }
      guard isHome else { throw path == "id" ? Failure.notFound : Failure.invalid(path, InputMessages.unknownReference) }
    }
  }

  private func references(_ fields: [any InputField], _ value: Value, _ path: String) -> [(path: String, kind: IdKind, id: PublicId)] {
    fields.flatMap { field -> [(String, IdKind, PublicId)] in
      guard let member = value[field.name] else { return [] }
      return references(field.type, member, path.isEmpty ? field.name : "\(path).\(field.name)")
    }
  }

  private func references(_ type: FieldType, _ value: Value, _ path: String) -> [(String, IdKind, PublicId)] {
    switch type {
    case .id(let kind): return value.text.flatMap { PublicId($0) }.map { [(path, kind, $0)] } ?? []
    case .list(let element, _):
      return (value.array ?? []).enumerated().flatMap { references(element, $0.element, "\(path)[\($0.offset)]") }
    case .object(let fields): return references(fields, value, path)
    default: return []
    }
  }
}
