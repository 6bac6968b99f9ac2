import Assets
import Desk
import Kernel
import Operations
import Tenancy

package struct CiOfChange: OperationInput {
  let id: PublicId
  let ci: PublicId

  package static let fields: [any InputField] = [ChangeFields.id, ChangeFields.ci]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ChangeFields.id]
    ci = try values[ChangeFields.ci]
  }
}

/// Whoever acts on it serves the one who is added too.
package enum ConcernCustomer: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let customer: PublicId

    private static let customer = Field.id("customer", .customer, "Whom it concerns besides.", "另外涉及的客户。")
    package static let fields: [any InputField] = [ChangeFields.id, customer]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      customer = try values[Self.customer]
    }
  }

  package static let declaration = Declaration(
    "change.concern", "Say that a change concerns another customer besides.", zh: "登记变更另外涉及的客户。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .oneAndProvider(by: "customer"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try await work.write(in: context)
    guard context.tenant.kind == .customer else { throw context.unknownReference("customer") }
    let insert = InsertConcerned(provider: context.provider.id, change: work.row.id, customer: context.tenant.id, now: context.now)
    guard try await context.transaction.first(insert) != nil else { throw Failure.invalid("customer", ChangeMessages.concerned) }
    work.note("customer_added", [Value.Member("customer", .id(input.customer))], of: context.tenant.id)
    try await work.save()
    return try await work.record(in: context)
  }
}

/// As long as nothing of his is touched and he was told nothing.
package enum UnconcernCustomer: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let customer: PublicId

    private static let customer = Field.id("customer", .customer, "Whom it does not concern after all.", "不再涉及的客户。")
    package static let fields: [any InputField] = [ChangeFields.id, customer]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      customer = try values[Self.customer]
    }
  }

  package static let declaration = Declaration(
    "change.unconcern",
    "Say that a change does not concern a customer after all: it touches no configuration item of his or that affects him, is to resolve no incident or problem of his, and he was told nothing.",
    zh: "移除变更不再涉及的客户：变更不涉及其配置项或影响其的共享配置项，也不解决其事件或问题，且从未通知过该客户。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .oneAndProvider(by: "customer"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try await work.write(in: context)
    let (provider, change, customer) = (context.provider.id, work.row.id, context.tenant.id)
    let drop = DropConcerned(provider: provider, change: change, customer: customer)
    guard let since = try await context.transaction.first(drop) else {
      let isConcerned = try await context.transaction.first(IsConcerned(provider: provider, change: change, customer: customer)) ?? false
      throw Failure(.conflict, isConcerned ? ChangeMessages.stillConcerned : ChangeMessages.notConcerned)
    }
    // What concerns nobody is for who serves all: nobody else leaves a change where he does not see it any more.
    if context.reachableCustomers != nil {
      let left = ConcernedCustomers(provider: provider, change: change, customers: nil, limit: 1)
      guard try await context.transaction.first(left) != nil else { throw Failure(.denied, ChangeMessages.servesAll) }
    }
    context.transaction.enqueue(DropAnnouncement(provider: provider, change: change, customer: customer))
    context.transaction.enqueue(DropServicesOfChange(provider: provider, change: change, owner: customer, services: nil))
    if let release = work.row.release {
      context.transaction.enqueue(ForgetConcernedByRelease(provider: provider, release: release.id, customer: customer, since: since))
    }
    work.note("customer_removed", [Value.Member("customer", .id(input.customer))], of: customer)
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum AddChangeCi: Operation {
  package typealias Input = CiOfChange

  package static let declaration = Declaration(
    "change.add_ci", "Say that a change touches a configuration item, of a customer or of those that the provider shares: it concerns whomever that affects.",
    zh: "登记变更涉及的配置项（客户的或服务商共享的）；变更随之涉及受影响的客户。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .homeOr(by: "ci", andProvider: true), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try await work.write(in: context)
    try await work.name(input.ci, of: context.tenant, "ci", in: context)
    try await context.requireMaySuppress(work, "ci")
    try await work.save()
    return try await work.record(in: context)
  }
}

/// Whom it concerned it goes on to concern, until ``UnconcernCustomer``: he may have been told.
package enum RemoveChangeCi: Operation {
  package typealias Input = CiOfChange

  package static let declaration = Declaration(
    "change.remove_ci", "Say that a change does not touch a configuration item after all.", zh: "移除变更涉及的配置项。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .homeOr(by: "ci", andProvider: true), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try await work.write(in: context)
    let ci = try await context.ciToTouch(input.ci, of: context.tenant, "ci")
    guard try await context.transaction.first(DropCiLink(provider: context.provider.id, change: work.row.id, ci: ci.id)) != nil else {
      throw Failure(.conflict, ChangeMessages.namesNotCi)
    }
    work.note("ci_removed", [Value.Member("ci", .id(input.ci))], of: work.owner(of: context.tenant))
    try await work.save()
    return try await work.record(in: context)
  }
}

extension ChangeWork {
  static let mostCis = 100

  /// Names a CI of a tenant that is bound. The change concerns its owner, or whomever it affects.
  mutating func name(_ id: PublicId, of tenant: TenantEntry, _ path: String, in context: OperationContext) async throws {
    let ci = try await context.ciToTouch(id, of: tenant, path)
    guard ci.isLive else { throw context.unknownReference(path) }
    if let model = row.model, let stored = try await transaction.first(ModelVersion(provider: provider.id, model: model.id, seq: model.seq)) {
      let content = try context.stored(ModelContent.self, stored)
      let types = content.ciTypes
      guard tenant.id != provider.id || content.sharesCis else { throw Failure.invalid(path, ChangeMessages.modelNotShared) }
      guard try await transaction.query(CiLinks(provider: provider.id, change: row.id, customers: nil)).count < content.mostCis else {
        throw Failure(.conflict, ChangeMessages.tooManyCis, ["most": String(content.mostCis)])
      }
      guard types.isEmpty || types.contains(ci.typeCode) else {
        throw Failure.invalid(path, ChangeMessages.modelOther, ["allowed": types.joined(separator: ", ")])
      }
    }
    guard try await transaction.query(CiLinks(provider: provider.id, change: row.id, customers: nil)).count < Self.mostCis else {
      throw Failure(.conflict, ChangeMessages.tooManyCis, ["most": String(Self.mostCis)])
    }
    let named = InsertCiLink(provider: provider.id, change: row.id, ci: ci.id, tenant: tenant.id, service: ci.service, now: now)
    guard try await transaction.first(named) != nil else { throw Failure(.conflict, ChangeMessages.namesCi) }
    if tenant.id == provider.id {
      let added = try await transaction.query(ConcernAffected(provider: provider.id, change: row.id, now: now))
      if let served = context.reachableCustomers, added.contains(where: { !served.contains($0) }) { throw Failure(.denied, ChangeMessages.servesAll) }
    } else {
      _ = try await transaction.first(InsertConcerned(provider: provider.id, change: row.id, customer: tenant.id, now: now))
    }
    note("ci_added", [Value.Member("ci", .id(id))], of: owner(of: tenant))
  }

  /// Whose affair a CI of a tenant is: what the provider shares is told to those who serve all customers.
  func owner(of tenant: TenantEntry) -> TenantId { tenant.id }
}

extension OperationContext {
  /// A CI that a body names, of a tenant that is bound; of the provider's one that affects a customer whom the caller serves.
  func ciToTouch(_ id: PublicId, of tenant: TenantEntry, _ path: String) async throws -> CiToName.Found {
    guard tenant.id == provider.id || access.reaches(tenant.id) else { throw unknownReference(path) }
    let affecting = tenant.id == provider.id ? reachableCustomers : nil
    guard let ci = try await transaction.first(CiToName(tenant: tenant.id, publicId: id, affecting: affecting)) else { throw unknownReference(path) }
    return ci
  }
}
