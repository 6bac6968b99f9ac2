import Kernel
import Operations

/// Which teams may work for a customer.
package struct DeliveryModelRecord: OperationOutput {
  let customer: PublicId
  let teams: [Team]
  let version: Int64

  package struct Team: OperationOutput {
    let id: PublicId
    let name: String

    package static let fields: [OutputField<Team>] = [
      OutputField("id", .id, "The team.", "团队编号。") { .id($0.id) },
      OutputField("name", .text, "Its name.", "团队名称。") { .text($0.name) },
    ]
  }

  package static let fields: [OutputField<DeliveryModelRecord>] = [
    OutputField("customer", .id, "The customer.", "客户。") { .id($0.customer) },
    OutputField("restricted", .boolean, "Whether only these teams work for it; else all do.", "是否仅限所列团队；否则全部团队均可。") { .bool(!$0.teams.isEmpty) },
    OutputField("teams", listOf: Team.self, "The teams that may work for it, by name; none: all.", "可为该客户服务的团队（按名称）；为空表示不限。") { $0.teams },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.version) },
  ]
}

enum DeliveryModelFields {
  static let customer = Field.id("customer", .customer, "The customer.", "客户。")
}

package enum ReadDeliveryModel: Operation {
  package struct Input: OperationInput {
    let customer: PublicId

    package static let fields: [any InputField] = [DeliveryModelFields.customer]

    package init(_ values: InputValues) throws(FieldError) { customer = try values[DeliveryModelFields.customer] }
  }

  package static let declaration = Declaration(
    "delivery_model.read", "Read which teams may work for a customer.", zh: "查看可为客户服务的团队。", roles: [.administrator, .accountManager, .engineer],
    reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DeliveryModelRecord { try await context.deliveryModel() }
}

/// What a team has it keeps; from then on nothing is given to a team that is not named.
package enum ChangeDeliveryModel: Operation {
  package struct Input: OperationInput {
    let customer: PublicId
    let teams: [PublicId]

    private static let teams = Field<[PublicId]>.list(
      "teams", of: Field.id("team", .team, "A team.", "一个团队。"), count: 0...100, "The teams that may work for it, all of them; none: all teams may.",
      "可为该客户服务的全部团队；为空表示不限。")

    package static let fields: [any InputField] = [DeliveryModelFields.customer, teams]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[DeliveryModelFields.customer]
      teams = try values[Self.teams]
    }
  }

  package static let declaration = Declaration(
    "delivery_model.set", "Set which teams may work for a customer.", zh: "设置可为客户服务的团队。", roles: [.administrator, .accountManager],
    reach: .one(by: "customer"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DeliveryModelRecord {
    let (tenant, current) = (context.tenant.id, try await context.versionOfModel())
    try context.requireVersion(current)
    let found = try await context.transaction.query(TeamsByPublicIds(publicIds: input.teams))
    if let place = input.teams.firstIndex(where: { team in !found.contains { $0.publicId == team.random } }) {
      throw context.unknownReference("teams[\(place)]")
    }
    let set = SetDeliveryModel(tenant: tenant, teams: found.map(\.id).sorted(), now: context.now, version: current)
    guard try await context.transaction.first(set) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(current), "current": String(current + 1)])
    }
    context.subject(context.tenant.publicId)
    return try await context.deliveryModel()
  }
}

extension OperationContext {
  /// Where none was set yet.
  private static let unsetModel: Int64 = 1

  fileprivate func versionOfModel() async throws -> Int64 { try await transaction.first(VersionOfModel(tenant: tenant.id)) ?? Self.unsetModel }

  fileprivate func deliveryModel() async throws -> DeliveryModelRecord {
    let (teams, version) = try await transaction.query(TeamsOfModel(tenant: tenant.id), VersionOfModel(tenant: tenant.id))
    return DeliveryModelRecord(
      customer: tenant.publicId, teams: teams.map { DeliveryModelRecord.Team(id: id(.team, $0.publicId), name: $0.name) },
      version: version.first ?? Self.unsetModel)
  }
}
