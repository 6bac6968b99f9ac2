import Attributes
import Kernel
import Operations

/// Tells custom attributes of a request that is not over. What was ordered stays as it was agreed to.
package enum ChangeRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let attributes: Value

    package static let fields: [any InputField] = [RequestReference.id, AttributeFields.attributes]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RequestReference.id]
      attributes = try values[AttributeFields.attributes]
    }
  }

  package static let declaration = Declaration(
    "request.change", "Change the custom attributes of a request; what was ordered stays.", zh: "修改请求的自定义属性；申请内容不变。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    guard let attributes = try context.told(input.attributes, of: .request) else { throw Failure.invalid("attributes", InputMessages.required) }
    var work = try await context.requestWork(input.id)
    switch work.process.request.state {
    case .submitted, .awaitingApproval, .approved, .fulfilling, .fulfilled: break
    case .rejected, .closed, .withdrawn, .cancelled:
      throw work.process.request.state.refusal(of: "change")
    }
    // Read once it is held: what another one wrote meanwhile is not overwritten.
    let held = try await context.request(input.id).attributes
    work.tell(try await attributes.applied(to: held, of: context.tenant.id, category: nil))
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}
