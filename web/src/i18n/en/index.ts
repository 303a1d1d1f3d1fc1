import account from "./account.json";
import company from "./company.json";
import frame from "./frame.json";
import network from "./network.json";
import offers from "./offers.json";
import platform from "./platform.json";
import seats from "./seats.json";
import terms from "./terms.json";

export default { ...frame, ...terms, ...network, ...company, ...platform, ...offers, ...account, ...seats };
